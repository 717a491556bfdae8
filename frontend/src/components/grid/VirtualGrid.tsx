import Box from '@mui/material/Box'
import { memo, useEffect, useEffectEvent, useId, useImperativeHandle, useMemo, useState, useSyncExternalStore, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import { columnsBetween, leftEdges, type GridColumn } from './columnLayout'
import { movedBy, type Position } from './gridKeys'
import { GRID_STYLE, HEADER_HEIGHT, ROW_HEIGHT } from './gridStyle'
import { GridScroller } from './GridScroller'

/** Rows beyond the seen ones, so that a short move shows no gap. */
const SPARE_ROWS = 6

/** What is seen, all from 0 and inclusive. */
export interface GridWindow {
  firstRow: number
  lastRow: number
  firstColumn: number
  lastColumn: number
}

export interface GridHandle {
  scrollToRow: (row: number) => void
}

interface VirtualGridProps {
  label: string
  rowCount: number
  columns: readonly GridColumn[]
  /** Width of the row's own heading, which does not scroll away. */
  rowHeaderWidth: number
  renderHeader: (column: number) => ReactNode
  /** How the rows are sorted by a column. */
  sortOf?: (column: number) => 'ascending' | 'descending' | undefined
  renderRowHeader: (row: number) => ReactNode
  rowHeaderLabel: string
  renderCell: (row: number, column: number) => ReactNode
  /** Changes when what `renderCell` would answer has changed. */
  content: unknown
  /** The row that stands on top at first, from 0. */
  beginRow?: number
  maxHeight: string
  onOpen?: (position: Position) => void
  onCopy?: (position: Position) => void
  /** Told when the view rests. */
  onWindow?: (window: GridWindow) => void
  handle?: Ref<GridHandle>
}

/** A table of any size, of which only what is seen exists; moved through by wheel, bar and keys. */
export function VirtualGrid(props: VirtualGridProps) {
  const { label, rowCount, columns, rowHeaderWidth, onWindow } = props
  const id = useId()
  const [active, setActive] = useState<Position | null>(null)
  const height = rowCount * ROW_HEIGHT + HEADER_HEIGHT
  // One for the life of the grid: a table of another height is another grid, by its key.
  const [scroller] = useState(() => new GridScroller(height, (props.beginRow ?? 0) * ROW_HEIGHT))
  const [attach] = useState(() => (element: HTMLElement) => scroller.attach(element))
  const { view, scale, scrollTop, top, left, isMoving } = useSyncExternalStore(scroller.subscribe, scroller.snapshot)
  const edges = useMemo(() => leftEdges(columns), [columns])
  const rowsSeen = Math.max(1, Math.floor((view.height - HEADER_HEIGHT) / ROW_HEIGHT))
  const seenFrom = Math.floor(top / ROW_HEIGHT)
  const firstRow = Math.max(0, seenFrom - SPARE_ROWS)
  const lastRow = Math.min(rowCount - 1, seenFrom + rowsSeen + SPARE_ROWS)
  const [firstColumn, lastColumn] = columnsBetween(edges, left, left + view.width - rowHeaderWidth)

  useImperativeHandle(props.handle, () => ({ scrollToRow: (row) => scroller.scrollTo(row * ROW_HEIGHT) }))

  // What is told is what can be read in full.
  const fullFrom = Math.min(Math.ceil(top / ROW_HEIGHT), rowCount - 1)
  const fullTo = Math.min(rowCount, Math.floor((top + view.height - HEADER_HEIGHT) / ROW_HEIGHT)) - 1
  const tell = useEffectEvent((window: GridWindow) => onWindow?.(window))
  useEffect(() => {
    if (!isMoving) tell({ firstRow: fullFrom, lastRow: Math.max(fullFrom, fullTo), firstColumn, lastColumn })
  }, [isMoving, fullFrom, fullTo, firstColumn, lastColumn])

  function reveal({ row, column }: Position) {
    const rowTop = row * ROW_HEIGHT
    const room = view.height - HEADER_HEIGHT - ROW_HEIGHT
    const nextTop = rowTop < top ? rowTop : rowTop > top + room ? rowTop - room : top
    const wide = view.width - rowHeaderWidth
    const begin = edges[column] ?? 0
    const end = edges[column + 1] ?? begin
    const nextLeft = begin < left ? begin : end > left + wide ? Math.min(begin, end - wide) : left
    if (nextTop !== top || nextLeft !== left) scroller.scrollTo(nextTop, nextLeft)
  }

  function press(event: KeyboardEvent) {
    const at = active ?? { row: seenFrom, column: firstColumn }
    if (event.key === 'Enter' && active) {
      event.preventDefault()
      props.onOpen?.(active)
      return
    }
    if (event.key === 'c' && (event.ctrlKey || event.metaKey) && active) {
      // What is marked with the mouse goes first.
      if (window.getSelection()?.toString() === '') props.onCopy?.(active)
      return
    }
    const next = movedBy(event, at, { rowCount, columnCount: columns.length, pageRows: rowsSeen })
    if (!next) return
    event.preventDefault()
    setActive(next)
    reveal(next)
  }

  const rows = Array.from({ length: Math.max(0, lastRow - firstRow + 1) }, (_, index) => firstRow + index)
  const cellId = ({ row, column }: Position) => `${id}-${row}-${column}`
  const activeIsThere =
    active !== null && active.row >= firstRow && active.row <= lastRow && active.column >= firstColumn && active.column <= lastColumn

  return (
    <Box
      ref={attach}
      role="grid"
      aria-label={label}
      aria-rowcount={rowCount + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={activeIsThere ? cellId(active) : undefined}
      tabIndex={0}
      onKeyDown={press}
      sx={GRID_STYLE}
      style={{ height: `min(${props.maxHeight}, ${height + 2}px)` }}
    >
      <div
        role="presentation"
        style={{ position: 'relative', height: scale.scrollHeight, width: rowHeaderWidth + (edges.at(-1) ?? 0), minWidth: '100%' }}
      >
        <div role="row" aria-rowindex={1} className="head" style={{ height: HEADER_HEIGHT }}>
          <div role="columnheader" aria-colindex={1} aria-label={props.rowHeaderLabel} className="corner" style={{ width: rowHeaderWidth }}>
            #
          </div>
          {columns.slice(firstColumn, lastColumn + 1).map((column, index) => (
            <div
              key={column.key}
              role="columnheader"
              aria-colindex={firstColumn + index + 2}
              aria-sort={props.sortOf?.(firstColumn + index)}
              className={column.align}
              style={{ left: rowHeaderWidth + (edges[firstColumn + index] ?? 0), width: column.width }}
            >
              {props.renderHeader(firstColumn + index)}
            </div>
          ))}
        </div>
        {rows.map((row) => (
          <GridRow
            key={row}
            id={id}
            row={row}
            y={HEADER_HEIGHT + row * ROW_HEIGHT - top + scrollTop}
            columns={columns}
            edges={edges}
            firstColumn={firstColumn}
            lastColumn={lastColumn}
            rowHeaderWidth={rowHeaderWidth}
            activeColumn={active?.row === row ? active.column : null}
            content={props.content}
            renderRowHeader={props.renderRowHeader}
            renderCell={props.renderCell}
            onActive={setActive}
          />
        ))}
      </div>
    </Box>
  )
}

interface GridRowProps {
  id: string
  row: number
  y: number
  columns: readonly GridColumn[]
  edges: readonly number[]
  firstColumn: number
  lastColumn: number
  rowHeaderWidth: number
  activeColumn: number | null
  content: unknown
  renderRowHeader: (row: number) => ReactNode
  renderCell: (row: number, column: number) => ReactNode
  onActive: (position: Position) => void
}

/** Drawn again only when something of it has changed: most of a scroll moves rows and draws few. */
const GridRow = memo(function GridRow(props: GridRowProps) {
  const { id, row, columns, edges, firstColumn, lastColumn, rowHeaderWidth, activeColumn } = props
  return (
    <div role="row" aria-rowindex={row + 2} className="row" style={{ transform: `translateY(${props.y}px)`, height: ROW_HEIGHT }}>
      <div role="rowheader" aria-colindex={1} className="number" style={{ width: rowHeaderWidth }}>
        {props.renderRowHeader(row)}
      </div>
      {columns.slice(firstColumn, lastColumn + 1).map((column, index) => {
        const at = firstColumn + index
        return (
          // The grid itself has the focus and the keys.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events jsx-a11y/interactive-supports-focus
          <div
            key={column.key}
            id={`${id}-${row}-${at}`}
            role="gridcell"
            aria-colindex={at + 2}
            aria-selected={at === activeColumn}
            className={column.align}
            style={{ left: rowHeaderWidth + (edges[at] ?? 0), width: column.width }}
            onClick={() => props.onActive({ row, column: at })}
          >
            {props.renderCell(row, at)}
          </div>
        )
      })}
    </div>
  )
})
