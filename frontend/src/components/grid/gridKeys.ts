/** Where the arrow and paging keys lead in a grid (WAI-ARIA grid pattern). */

export interface Position {
  row: number
  column: number
}

interface Key {
  key: string
  ctrlKey: boolean
  metaKey: boolean
}

/** The position that a key leads to; null for keys that do not move. */
export function movedBy(
  { key, ctrlKey, metaKey }: Key,
  from: Position,
  size: { rowCount: number; columnCount: number; pageRows: number },
): Position | null {
  const { rowCount, columnCount, pageRows } = size
  const ends = ctrlKey || metaKey
  const to = (row: number, column: number): Position => ({
    row: Math.min(Math.max(row, 0), rowCount - 1),
    column: Math.min(Math.max(column, 0), columnCount - 1),
  })
  switch (key) {
    case 'ArrowDown':
      return to(ends ? rowCount : from.row + 1, from.column)
    case 'ArrowUp':
      return to(ends ? 0 : from.row - 1, from.column)
    case 'ArrowRight':
      return to(from.row, ends ? columnCount : from.column + 1)
    case 'ArrowLeft':
      return to(from.row, ends ? 0 : from.column - 1)
    case 'PageDown':
      return to(from.row + pageRows, from.column)
    case 'PageUp':
      return to(from.row - pageRows, from.column)
    case 'Home':
      return to(ends ? 0 : from.row, 0)
    case 'End':
      return to(ends ? rowCount : from.row, columnCount)
    default:
      return null
  }
}
