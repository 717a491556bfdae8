/** Gathers what the list page loads anyway in one piece: fewer requests, and compressed together it is smaller. */
import { resolve } from 'node:path'

/** Where the list page begins, without what it loads later. */
export const FIRST = ['/src/app/main.tsx', '/src/app/pages/DatasetsPage.tsx']

/** What the list page always loads once it is seen: the filters, the bell and what keeps both of them live. */
export const SECOND = [
  '/src/features/search/FacetPanel.tsx',
  '/src/features/datasets/DatasetListEvents.tsx',
  '/src/features/quality/notifications/NotificationBell.tsx',
  '/src/graphql/subscriptionLink.ts',
]

/**
 * What may be shared with other pages. Not src/app, which starts the application: the GraphiQL page loads this
 * piece too. Not graphql, of which GraphiQL needs much more.
 */
const SHARED = /\/src\/(components|features|lib|graphql)\/|\/node_modules\/(@mui|@apollo\/client|optimism|@wry|react-is|graphql-ws)\//

interface Graph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null
}

/** For a group of the output: 'first' for what is reached from the list page by static imports, 'second' for what follows. */
export function firstPiece(): (id: string, graph: Graph) => string | null {
  let first: Set<string> | null = null
  let second: Set<string> | null = null
  return (id, graph) => {
    if (!SHARED.test(id)) return null
    first ??= reach(graph, FIRST)
    second ??= reach(graph, SECOND)
    if (first.has(id)) return 'first'
    return second.has(id) ? 'second' : null
  }
}

function reach(graph: Graph, roots: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const waiting = roots.map((path) => resolve(import.meta.dirname, `..${path}`))
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  return reached
}
