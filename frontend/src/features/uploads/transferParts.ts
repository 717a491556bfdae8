/** Sends the parts of a file in parallel, and tries each again before giving up. */
import { putPart, type PartTarget } from './putPart'

const PARALLEL_PARTS = 3

/** Waits before the second, third and fourth attempt at a part. */
export const RETRY_DELAYS_MS: readonly number[] = [500, 2_000, 6_000]

export interface Transfer {
  file: Blob
  partSizeBytes: number
  parts: readonly PartTarget[]
  /** ETag by part number. Parts in it are not sent again; every stored part is added. */
  stored: Map<number, string>
  retryDelaysMs: readonly number[]
  onProgress: (sentBytes: number) => void
  signal: AbortSignal
}

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, delayMs)
    signal.addEventListener('abort', abort, { once: true })
  })
}

function bodyOf({ file, partSizeBytes }: Transfer, part: PartTarget): Blob {
  return file.slice((part.number - 1) * partSizeBytes, part.number * partSizeBytes)
}

/** All parts are stored, or it rejects with the first failure that its attempts did not cure. */
export async function transferParts(transfer: Transfer): Promise<void> {
  const { parts, stored, signal, retryDelaysMs, onProgress } = transfer
  const pending = parts.filter(({ number }) => !stored.has(number))
  const sentByPart = new Map<number, number>()
  for (const part of parts) {
    if (stored.has(part.number)) sentByPart.set(part.number, bodyOf(transfer, part).size)
  }
  // One part that is lost ends the attempt for all: the others are kept, not thrown away.
  const failure = new AbortController()
  const stop = AbortSignal.any([signal, failure.signal])

  function report(number: number, sentBytes: number) {
    sentByPart.set(number, sentBytes)
    onProgress([...sentByPart.values()].reduce((sum, sent) => sum + sent, 0))
  }

  async function send(part: PartTarget): Promise<void> {
    const body = bodyOf(transfer, part)
    for (let attempt = 0; ; attempt += 1) {
      try {
        const etag = await putPart(part, body, (sent) => report(part.number, sent), stop)
        stored.set(part.number, etag)
        report(part.number, body.size)
        return
      } catch (error) {
        report(part.number, 0)
        const delayMs = retryDelaysMs[attempt]
        if (stop.aborted || delayMs === undefined) throw error
        await wait(delayMs, stop)
      }
    }
  }

  async function lane(): Promise<void> {
    for (let part = pending.shift(); part; part = pending.shift()) await send(part)
  }

  const lanes = Array.from({ length: PARALLEL_PARTS }, () =>
    lane().catch((error: unknown) => {
      failure.abort(error)
      throw error
    }),
  )
  const outcomes = await Promise.allSettled(lanes)
  if (signal.aborted) throw signal.reason
  if (failure.signal.aborted) throw failure.signal.reason
  const lost = outcomes.find((outcome) => outcome.status === 'rejected')
  if (lost) throw lost.reason
}
