/** Where the GraphQL endpoint is: the page's own origin, over HTTP and WebSocket. */

export const endpoint = {
  http: '/graphql',
  get webSocket(): string {
    return `${window.location.origin.replace(/^http/, 'ws')}/graphql`
  },
  /** Not a safelisted header, so another site's form cannot send a request that bears our cookie. */
  headers: { 'X-Datakura-Client': 'web' },
} as const
