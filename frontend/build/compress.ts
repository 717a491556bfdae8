/** Lays compressed forms beside the built files, for the api and nginx to send: smaller than what is made on the way. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(js|css|svg|json|ttf)$/
/** Less than this is one packet either way. */
const SMALLEST = 600
/** Brotli's best takes seconds for GraphiQL's editor, which few people load. */
const LARGE = 400_000

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

export function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    async writeBundle({ dir }) {
      const folder = resolve(dir ?? 'dist', 'assets')
      const names = (await readdir(folder)).filter((name) => COMPRESSIBLE.test(name))
      await Promise.all(
        names.map(async (name) => {
          const content = await readFile(resolve(folder, name))
          if (content.length < SMALLEST) return
          const quality = content.length > LARGE ? 9 : 11
          const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
          const [asBrotli, asGzip] = await Promise.all([toBrotli(content, { params }), toGzip(content, { level: 9 })])
          if (asBrotli.length < content.length) await writeFile(resolve(folder, `${name}.br`), asBrotli)
          if (asGzip.length < content.length) await writeFile(resolve(folder, `${name}.gz`), asGzip)
        }),
      )
    },
  }
}
