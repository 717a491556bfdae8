import { describe, expect, it } from 'vitest'
import type { LogicalType } from '../../gql/graphql'
import { isValue, nextSorts, readRowView, variablesOf, writeRowView, type RowViewState } from './rowView'

const TYPES = new Map<string, LogicalType>([
  ['city', 'STRING'],
  ['a,b "c"', 'NUMBER'],
  ['open', 'BOOLEAN'],
  ['tags', 'ARRAY'],
])

const VIEW: RowViewState = {
  sorts: [{ fieldPath: 'a,b "c"', descending: true }, { fieldPath: 'city', descending: false }],
  conditions: [
    { fieldPath: 'city', operator: 'in', values: ['Kyōto', ''] },
    { fieldPath: 'open', operator: 'eq', values: ['true'] },
    { fieldPath: 'tags', operator: 'notNull', values: [] },
  ],
}

describe('a view of rows', () => {
  it('comes back from the address as it went there, and begins at its first row', () => {
    const search = writeRowView(new URLSearchParams('version=3&row=700&sort=%2Bcity'), VIEW)
    expect(search.get('version')).toBe('3')
    expect(search.has('row')).toBe(false)
    expect(readRowView(new URLSearchParams(search.toString()), TYPES)).toEqual(VIEW)
  })

  it('leaves out what the address says of columns and comparisons that are not there', () => {
    const search = new URLSearchParams()
    for (const sort of ['+gone', 'city', '-city', '+city']) search.append('sort', sort)
    for (const where of ['no json', '["city"]', '["city","like","x"]', '["open","gt","true"]', '["tags","isNull","x"]', '[1,"eq","x"]']) {
      search.append('where', where)
    }
    expect(readRowView(search, TYPES)).toEqual({ sorts: [{ fieldPath: 'city', descending: true }], conditions: [] })
  })

  it('is asked for in the terms of the API', () => {
    expect(variablesOf(VIEW, TYPES)).toEqual({
      orderBy: [
        { fieldPath: 'a,b "c"', direction: 'DESC' },
        { fieldPath: 'city', direction: 'ASC' },
      ],
      filter: {
        and: [
          { fieldPath: 'city', in: ['Kyōto', ''] },
          { fieldPath: 'open', eq: true },
          { fieldPath: 'tags', isNull: false },
        ],
      },
    })
    expect(variablesOf({ sorts: [], conditions: [] }, TYPES)).toEqual({ orderBy: null, filter: null })
  })

  it('is sorted by a header up, down, and no more', () => {
    const up = nextSorts([{ fieldPath: 'open', descending: false }], 'city')
    expect(up).toEqual([{ fieldPath: 'city', descending: false }])
    const down = nextSorts(up, 'city')
    expect(down).toEqual([{ fieldPath: 'city', descending: true }])
    expect(nextSorts(down, 'city')).toEqual([])
  })

  it('takes values as the server does', () => {
    expect(['1', '-07', '1.0', ''].map((text) => isValue(text, 'INTEGER'))).toEqual([true, true, false, false])
    expect(['1', '.5', '1e3', 'NaN', 'one'].map((text) => isValue(text, 'NUMBER'))).toEqual([true, true, true, true, false])
    expect(['2024-01-31', '31.1.2024'].map((text) => isValue(text, 'DATE'))).toEqual([true, false])
    expect(['2024-01-31T10:00:00Z', '2024-01-31'].map((text) => isValue(text, 'TIMESTAMP'))).toEqual([true, false])
  })
})
