/** Fails the build when the list page, which everybody loads first, grows too heavy. */
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'
import { FIRST, SECOND } from './firstPiece.ts'

/** Kilobytes of JavaScript, as browsers fetch it: by brotli (build/compress.ts). */
const LIMIT_KB = 250

/** What the list page loads beside the entry itself, as its first visitor does; a browser test looks whether it is so. */
const LOADED = [...FIRST.slice(1), ...SECOND, '/lib/locales/en.json?texts=first']

export function firstLoadLimit(): Plugin {
  return {
    name: 'first-load-limit',
    apply: 'build',
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file): file is Rolldown.OutputChunk => file.type === 'chunk')
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
      const holding = (path: string) => chunks.filter(({ moduleIds }) => moduleIds.some((id) => id.endsWith(path)))
      const entry = chunks.filter(({ isEntry, name }) => isEntry && name === 'index')
      const found = [entry, ...LOADED.map(holding)]
      if (found.some(({ length }) => length === 0)) this.error('the list page is not where build/firstLoadLimit.ts looks for it')
      const roots = found.flat()
      const loaded = new Set<Rolldown.OutputChunk>()
      const load = (chunk: Rolldown.OutputChunk | undefined) => {
        if (!chunk || loaded.has(chunk)) return
        loaded.add(chunk)
        for (const name of chunk.imports) load(byName.get(name))
      }
      roots.forEach(load)
      const sizes = [...loaded].map(({ fileName, code }) => ({ fileName, kb: brotliCompressSync(code).length / 1000 }))
      const total = sizes.reduce((sum, { kb }) => sum + kb, 0)
      if (total > LIMIT_KB) {
        const largest = sizes.toSorted((left, right) => right.kb - left.kb).slice(0, 8)
        const list = largest.map(({ fileName, kb }) => `  ${kb.toFixed(1)} KB ${fileName}`).join('\n')
        this.error(`the list page loads ${total.toFixed(1)} KB of JavaScript, more than ${LIMIT_KB} KB:\n${list}`)
      }
      const asGzip = [...loaded].reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length / 1000, 0)
      this.info(`the list page loads ${total.toFixed(1)} KB of JavaScript (at most ${LIMIT_KB} KB; by gzip ${asGzip.toFixed(1)} KB)`)
    },
  }
}
