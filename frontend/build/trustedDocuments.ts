/** Writes dist/trusted-documents.json: SHA-256 -> every operation of the page; the api reads it, and DATAKURA_TRUSTED_DOCUMENTS may name it. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Kind, type DocumentNode } from 'graphql'
import type { Plugin } from 'vite'
import { documentHash, documentText } from './documentText.ts'

const DOCUMENT = /^export const \w+Document = (.+) as unknown as /gm

export function trustedDocuments(): Plugin {
  let generated = ''
  return {
    name: 'trusted-documents',
    apply: 'build',
    configResolved({ root }) {
      generated = resolve(root, 'src/gql/graphql.ts')
    },
    generateBundle() {
      const manifest: Record<string, string> = {}
      for (const [, json] of readFileSync(generated, 'utf8').matchAll(DOCUMENT)) {
        const document = JSON.parse(json ?? 'null') as DocumentNode
        // A fragment's document travels inside the operations that spread it.
        if (!document.definitions.some((definition) => definition.kind === Kind.OPERATION_DEFINITION)) continue
        const text = documentText(document)
        manifest[documentHash(text)] = text
      }
      if (Object.keys(manifest).length === 0) throw new Error('src/gql/graphql.ts holds no operation: run "npm run codegen"')
      this.emitFile({ type: 'asset', fileName: 'trusted-documents.json', source: JSON.stringify(manifest) })
    },
  }
}
