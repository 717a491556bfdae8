/** Runs the hashing in a worker of its own, so that the page stays responsive. */
import type { HashMessage } from './hash.worker'

export type Digest = (
  blob: Blob,
  onProgress: (hashedBytes: number) => void,
  signal: AbortSignal,
) => Promise<string>

export const hashInWorker: Digest = (blob, onProgress, signal) => {
  const worker = new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' })
  const digest = new Promise<string>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    worker.addEventListener('error', (event) => reject(new Error(event.message)))
    worker.addEventListener('message', ({ data }: MessageEvent<HashMessage>) => {
      if (data.kind === 'progress') onProgress(data.hashedBytes)
      else if (data.kind === 'digest') resolve(data.sha256)
      else reject(new Error(data.message))
    })
    worker.postMessage(blob)
  })
  return digest.finally(() => worker.terminate())
}
