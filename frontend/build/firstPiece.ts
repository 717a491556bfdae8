/** Gathers what the list page loads anyway in one piece: fewer requests, and compressed together it is smaller. */
import { resolve } from 'node:path'

/** Where the list page begins, without what it loads later. */
const ROOTS = ['src/app/main.tsx', 'src/app/pages/DatasetsPage.tsx'].map((path) => resolve(import.meta.dirname, '..', path))

/**
 * What may be shared with other pages. Not src/app, which starts the application: the GraphiQL page loads this
 * piece too. Not graphql, of which GraphiQL needs much more.
 */
const SHARED = /\/src\/(components|features|lib|graphql)\/|\/node_modules\/(@mui|@apollo\/client|optimism|@wry|react-is)\//

interface Graph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null
}

/** For a group of the output: 'first' for what is reached from the list page by static imports. */
export function firstPiece(): (id: string, graph: Graph) => string | null {
  let reached: Set<string> | null = null
  return (id, graph) => {
    if (!SHARED.test(id)) return null
    reached ??= reach(graph)
    return reached.has(id) ? 'first' : null
  }
}

function reach(graph: Graph): Set<string> {
  const reached = new Set<string>()
  const waiting = [...ROOTS]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  return reached
}
