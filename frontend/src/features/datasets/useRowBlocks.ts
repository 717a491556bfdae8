import { useApolloClient } from '@apollo/client/react'
import { useCallback, useRef, useState } from 'react'
import type { GridWindow } from '../../components/grid/VirtualGrid'
import { graphql } from '../../gql'
import type { RowViewVariables } from './rowView'

const RowBlockQuery = graphql(`
  query RowBlock(
    $versionId: ID!
    $first: Int!
    $startRow: BigInt!
    $fieldPaths: [String!]!
    $orderBy: [RowOrder!]
    $filter: RowFilter
  ) {
    datasetVersion(id: $versionId) {
      id
      rows(first: $first, startRow: $startRow, fieldPaths: $fieldPaths, orderBy: $orderBy, filter: $filter) {
        rows
        rowNumbers
        cutCells {
          row
          column
          length
        }
      }
    }
  }
`)

export const BLOCK_ROWS = 100
export const BLOCK_COLUMNS = 50

/** Blocks that are kept; with full ones some 50 MB. Those seen longest ago go first. */
const KEPT_BLOCKS = 120

export interface Cell {
  value: unknown
  /** Characters of the whole cell where the server has cut it; null where it has not. */
  fullLength: number | null
}

interface Block {
  rows: readonly unknown[]
  numbers: readonly number[]
  fullLengths: ReadonlyMap<string, number>
}

export interface RowBlocks {
  /** Undefined while it is not there. */
  cellAt: (row: number, column: number) => Cell | undefined
  /** Number of the row in the file, from 1; undefined while it is not there. */
  numberAt: (row: number) => number | undefined
  /** Loads what is missing of a window. */
  want: (window: GridWindow) => void
  /** Changes with every block that comes. */
  revision: number
  error: unknown
  retry: () => void
}

/**
 * The rows of a view of a version, loaded block by block as they are looked at. Another view is another grid, by its key.
 *
 * Not in Apollo's cache: it would keep every block that ever was seen, and a version never changes.
 */
export function useRowBlocks(versionId: string, fieldPaths: readonly string[], view: RowViewVariables): RowBlocks {
  const client = useApolloClient()
  const blocks = useRef(new Map<string, Block>())
  const loading = useRef(new Set<string>())
  const wanted = useRef<GridWindow | null>(null)
  const [revision, setRevision] = useState(0)
  const [error, setError] = useState<unknown>(null)

  const load = useCallback(
    async (rowBlock: number, columnBlock: number) => {
      const key = `${rowBlock} ${columnBlock}`
      const there = blocks.current.get(key)
      if (there) {
        // To the end, as the one seen last.
        blocks.current.delete(key)
        blocks.current.set(key, there)
      }
      if (there || loading.current.has(key)) return
      loading.current.add(key)
      try {
        const { data } = await client.query({
          query: RowBlockQuery,
          variables: {
            versionId,
            first: BLOCK_ROWS,
            startRow: rowBlock * BLOCK_ROWS + 1,
            fieldPaths: fieldPaths.slice(columnBlock * BLOCK_COLUMNS, (columnBlock + 1) * BLOCK_COLUMNS),
            ...view,
          },
          fetchPolicy: 'no-cache',
        })
        const page = data?.datasetVersion?.rows
        if (!page) throw new Error('the version is gone')
        const fullLengths = new Map(page.cutCells.map(({ row, column, length }) => [`${row} ${column}`, length]))
        blocks.current.set(key, { rows: page.rows, numbers: page.rowNumbers, fullLengths })
        for (const oldest of blocks.current.keys()) {
          if (blocks.current.size <= KEPT_BLOCKS) break
          blocks.current.delete(oldest)
        }
        setError(null)
        setRevision((before) => before + 1)
      } catch (failure) {
        setError(failure)
      } finally {
        loading.current.delete(key)
      }
    },
    [client, versionId, fieldPaths, view],
  )

  const want = useCallback(
    (window: GridWindow) => {
      wanted.current = window
      const lastRowBlock = Math.floor(window.lastRow / BLOCK_ROWS)
      const lastColumnBlock = Math.floor(window.lastColumn / BLOCK_COLUMNS)
      for (let row = Math.floor(window.firstRow / BLOCK_ROWS); row <= lastRowBlock; row += 1) {
        for (let column = Math.floor(window.firstColumn / BLOCK_COLUMNS); column <= lastColumnBlock; column += 1) {
          void load(row, column)
        }
      }
    },
    [load],
  )

  const retry = useCallback(() => {
    setError(null)
    if (wanted.current) want(wanted.current)
  }, [want])

  const cellAt = useCallback((row: number, column: number): Cell | undefined => {
    const key = `${Math.floor(row / BLOCK_ROWS)} ${Math.floor(column / BLOCK_COLUMNS)}`
    const block = blocks.current.get(key)
    const cells = block?.rows[row % BLOCK_ROWS]
    if (!block || !Array.isArray(cells)) return undefined
    const inBlock = column % BLOCK_COLUMNS
    const fullLength = block.fullLengths.get(`${row % BLOCK_ROWS} ${inBlock}`) ?? null
    return { value: cells[inBlock] as unknown, fullLength }
  }, [])

  const numberAt = useCallback((row: number): number | undefined => {
    const rowBlock = `${Math.floor(row / BLOCK_ROWS)} `
    for (const [key, { numbers }] of blocks.current) if (key.startsWith(rowBlock)) return numbers[row % BLOCK_ROWS]
    return undefined
  }, [])

  return { cellAt, numberAt, want, revision, error, retry }
}
