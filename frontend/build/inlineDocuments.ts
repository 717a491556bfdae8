/** Replaces each graphql(`...`) call by the one document that was generated for it, with the name that the api knows it by. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DocumentNode } from 'graphql'
import type { Plugin } from 'vite'
import { documentHash, documentText } from './documentText.ts'

const CALL = /\bgraphql\(\s*`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`,?\s*\)/g
const PREFIX = 'virtual:document/'

/**
 * Left alone, every call looks its document up in one table of all documents, and each page would
 * load the operations of all the others: some 8 KB (gzip) more on the list page, November 2026.
 */
export function inlineDocuments(): Plugin {
  let generated = ''
  return {
    name: 'inline-documents',
    apply: 'build',
    enforce: 'pre',
    configResolved({ root }) {
      generated = readFileSync(resolve(root, 'src/gql/graphql.ts'), 'utf8')
    },
    resolveId(id) {
      return id.startsWith(PREFIX) ? `\0${id}` : null
    },
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null
      const name = id.slice(PREFIX.length + 1)
      const document = new RegExp(`^export const ${name}Document = (.+) as unknown as `, 'm').exec(generated)
      if (!document) throw new Error(`src/gql/graphql.ts has no document of ${name}: run "npm run codegen"`)
      const parsed = JSON.parse(document[1] ?? 'null') as DocumentNode
      // Read by src/graphql/namedDocuments.ts; what transforms the document keeps it.
      return `export default ${JSON.stringify({ ...parsed, __meta__: { hash: documentHash(documentText(parsed)) } })}`
    },
    transform: {
      filter: { id: /\/src\/(?!gql\/).*\.tsx?$/, code: 'graphql(' },
      handler(code) {
        const imports: string[] = []
        const replaced = code.replace(CALL, (_call, kind: string, name: string) => {
          // A fragment's document travels inside the operations that spread it.
          if (kind === 'fragment') return 'null'
          imports.push(`import ${name}Document from '${PREFIX}${name}';`)
          return `${name}Document`
        })
        // On one line and without a source map: line numbers stay as they are.
        return { code: imports.join('') + replaced, map: null }
      },
    },
  }
}
