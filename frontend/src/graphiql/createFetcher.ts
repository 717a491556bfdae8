import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit'
import { endpoint } from '../graphql/endpoint'
import type { SessionTokens } from '../graphql/sessionTokens'
import { createSocket } from '../graphql/socket'

/** Sends what is typed as the person who is signed in; headers typed beside it win. */
export function createFetcher(tokens: SessionTokens): Fetcher {
  return createGraphiQLFetcher({
    url: endpoint.http,
    enableIncrementalDelivery: false,
    wsClient: createSocket(tokens),
    fetch: async (url, options) => {
      const headers = new Headers(options?.headers)
      for (const [name, value] of Object.entries(endpoint.headers)) headers.set(name, value)
      if (!headers.has('Authorization')) {
        const token = await tokens.current()
        if (token) headers.set('Authorization', `Bearer ${token}`)
      }
      return fetch(url, { ...options, headers, credentials: 'same-origin' })
    },
  })
}
