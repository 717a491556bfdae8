/** One part of a file, sent straight to object storage by a presigned URL. */

export interface PartTarget {
  number: number
  url: string
  headers: readonly { name: string; value: string }[]
}

/** Storage answered, and it was not 'stored'; `status` 0: no answer at all. */
export class PartRefused extends Error {
  readonly status: number

  constructor(status: number) {
    super(status === 0 ? 'object storage could not be reached' : `object storage answered ${status}`)
    this.name = 'PartRefused'
    this.status = status
  }
}

/**
 * The ETag of the stored part, as storage wrote it.
 *
 * XMLHttpRequest and not fetch: only it reports how much of a body has been sent.
 */
export function putPart(
  target: PartTarget,
  body: Blob,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const settle = (finish: () => void) => () => {
      signal.removeEventListener('abort', abort)
      finish()
    }
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded))
    request.addEventListener(
      'load',
      settle(() => {
        const etag = request.getResponseHeader('ETag')
        if (request.status >= 200 && request.status < 300 && etag) resolve(etag)
        else reject(new PartRefused(request.status))
      }),
    )
    request.addEventListener('error', settle(() => reject(new PartRefused(0))))
    request.addEventListener('abort', settle(() => reject(signal.reason)))
    signal.addEventListener('abort', abort, { once: true })
    request.open('PUT', target.url)
    for (const { name, value } of target.headers) request.setRequestHeader(name, value)
    request.send(body)
  })
}
