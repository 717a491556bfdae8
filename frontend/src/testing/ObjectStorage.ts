/** Object storage as a browser meets it: presigned PUTs at another origin, with CORS and ETags. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedPart {
  path: string
  body: Buffer
  headers: IncomingMessage['headers']
}

export class ObjectStorage {
  readonly received: ReceivedPart[] = []
  /** Statuses to answer, by path, before the part is taken: one for each attempt. */
  readonly refusals = new Map<string, number[]>()
  /** The most PUTs that were being received at one time. */
  mostAtOnce = 0
  #atOnce = 0
  readonly #server: Server
  /** Set to keep every PUT waiting until it resolves. */
  hold: Promise<void> | null = null

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response)
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  url(path: string): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}${path}`
  }

  etag(path: string): string {
    const part = this.received.find((one) => one.path === path)
    return part ? etagOf(part.body) : ''
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*')
    response.setHeader('Access-Control-Allow-Methods', 'PUT')
    response.setHeader('Access-Control-Allow-Headers', 'x-amz-meta-part')
    response.setHeader('Access-Control-Expose-Headers', 'ETag')
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end()
      return
    }
    this.#atOnce += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce)
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    await this.hold
    this.#atOnce -= 1
    const path = request.url ?? ''
    const refusal = this.refusals.get(path)?.shift()
    if (refusal) {
      response.writeHead(refusal).end()
      return
    }
    const body = Buffer.concat(pieces)
    this.received.push({ path, body, headers: request.headers })
    response.writeHead(200, { ETag: etagOf(body) }).end()
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`
}
