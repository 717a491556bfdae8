/** The WebSocket that all subscriptions of a page share (graphql-transport-ws). */
import { createClient, type Client } from 'graphql-ws'
import { endpoint } from './endpoint'
import type { SessionTokens } from './sessionTokens'

const UNAUTHORIZED = 4401
const FORBIDDEN = 4403

/** Opens when somebody listens, and again whenever it is lost, each time with a fresh token. */
export function createSocket(tokens: SessionTokens): Client {
  return createClient({
    url: endpoint.webSocket,
    lazy: true,
    keepAlive: 25_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    connectionParams: async () => {
      const token = await tokens.current()
      return token ? { authorization: `Bearer ${token}` } : {}
    },
    on: {
      closed: (event) => {
        const code = event instanceof CloseEvent ? event.code : 0
        if (code === UNAUTHORIZED || code === FORBIDDEN) tokens.expire()
      },
    },
  })
}
