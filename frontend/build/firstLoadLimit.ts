/** Fails the build when the list page, which everybody loads first, grows too heavy. */
import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

/** Kilobytes of JavaScript, compressed. */
const LIMIT_KB = 250

/** What the list page loads beside the entry itself, as its first visitor does. */
const LOADED_FIRST = ['/app/pages/DatasetsPage.tsx', '/lib/locales/en.json?texts=first']

export function firstLoadLimit(): Plugin {
  return {
    name: 'first-load-limit',
    apply: 'build',
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file): file is Rolldown.OutputChunk => file.type === 'chunk')
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
      const roots = chunks.filter(
        ({ isEntry, name, facadeModuleId }) =>
          (isEntry && name === 'index') || LOADED_FIRST.some((path) => facadeModuleId?.endsWith(path)),
      )
      if (roots.length !== LOADED_FIRST.length + 1) this.error('the list page is not where build/firstLoadLimit.ts looks for it')
      const loaded = new Set<Rolldown.OutputChunk>()
      const load = (chunk: Rolldown.OutputChunk | undefined) => {
        if (!chunk || loaded.has(chunk)) return
        loaded.add(chunk)
        for (const name of chunk.imports) load(byName.get(name))
      }
      roots.forEach(load)
      const sizes = [...loaded].map(({ fileName, code }) => ({ fileName, kb: gzipSync(code).length / 1000 }))
      const total = sizes.reduce((sum, { kb }) => sum + kb, 0)
      if (total > LIMIT_KB) {
        const largest = sizes.toSorted((left, right) => right.kb - left.kb).slice(0, 8)
        const list = largest.map(({ fileName, kb }) => `  ${kb.toFixed(1)} KB ${fileName}`).join('\n')
        this.error(`the list page loads ${total.toFixed(1)} KB of JavaScript, more than ${LIMIT_KB} KB:\n${list}`)
      }
      this.info(`the list page loads ${total.toFixed(1)} KB of JavaScript (at most ${LIMIT_KB} KB)`)
    },
  }
}
