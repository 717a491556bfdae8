/** Where columns of different widths stand, and which of them are seen. */

export interface GridColumn {
  key: string
  width: number
  align: 'left' | 'right'
}

/** The left edge of each column, and after the last one the width of all. */
export function leftEdges(columns: readonly { width: number }[]): number[] {
  const edges = [0]
  for (const { width } of columns) edges.push((edges.at(-1) ?? 0) + width)
  return edges
}

/** The first and last column of which something is seen between two distances from the left. */
export function columnsBetween(edges: readonly number[], from: number, to: number): [number, number] {
  const last = edges.length - 2
  return [Math.min(columnAt(edges, from), last), Math.min(columnAt(edges, to), last)]
}

function columnAt(edges: readonly number[], distance: number): number {
  let low = 0
  let high = edges.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((edges[middle] ?? 0) <= distance) low = middle
    else high = middle
  }
  return low
}
