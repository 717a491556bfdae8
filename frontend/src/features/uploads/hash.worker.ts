/** Hashes one file off the main thread, then says so and waits to be ended. */
import { hashBlob } from './hashBlob'

export type HashMessage =
  | { kind: 'progress'; hashedBytes: number }
  | { kind: 'digest'; sha256: string }
  | { kind: 'failure'; message: string }

function post(message: HashMessage): void {
  self.postMessage(message)
}

self.addEventListener('message', ({ data }: MessageEvent<Blob>) => {
  hashBlob(data, (hashedBytes) => post({ kind: 'progress', hashedBytes })).then(
    (sha256) => post({ kind: 'digest', sha256 }),
    (error: unknown) => post({ kind: 'failure', message: String(error) }),
  )
})
