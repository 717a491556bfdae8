import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import type { LogicalType } from '../../gql/graphql'
import { readRowView, variablesOf, writeRowView, type RowViewState, type RowViewVariables } from './rowView'

export interface RowView extends RowViewState {
  variables: RowViewVariables
  /** True: all rows in the order of the file. */
  isWhole: boolean
  change: (changes: Partial<RowViewState>) => void
}

/** The sorting and the conditions of the rows, which live in the address. */
export function useRowView(types: ReadonlyMap<string, LogicalType>): RowView {
  const [search, setSearch] = useSearchParams()
  const text = JSON.stringify([search.getAll('sort'), search.getAll('where')])
  // By its text: the row on top is in the address too, and changes with every scroll.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const state = useMemo(() => readRowView(search, types), [text, types])
  const variables = useMemo(() => variablesOf(state, types), [state, types])
  const change = useCallback(
    (changes: Partial<RowViewState>) => setSearch((before) => writeRowView(before, { ...readRowView(before, types), ...changes })),
    [setSearch, types],
  )
  return { ...state, variables, isWhole: variables.orderBy === null && variables.filter === null, change }
}
