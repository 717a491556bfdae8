import { expect, it } from 'vitest'
import { movedBy } from './gridKeys'

const size = { rowCount: 100, columnCount: 5, pageRows: 20 }
const from = { row: 50, column: 2 }

it.each([
  ['ArrowDown', false, { row: 51, column: 2 }],
  ['ArrowUp', true, { row: 0, column: 2 }],
  ['ArrowRight', true, { row: 50, column: 4 }],
  ['ArrowLeft', false, { row: 50, column: 1 }],
  ['PageDown', false, { row: 70, column: 2 }],
  ['PageUp', false, { row: 30, column: 2 }],
  ['Home', false, { row: 50, column: 0 }],
  ['Home', true, { row: 0, column: 0 }],
  ['End', true, { row: 99, column: 4 }],
  ['a', false, null],
])('%s (with Ctrl: %s) leads to %j', (key, ctrlKey, expected) => {
  expect(movedBy({ key, ctrlKey, metaKey: false }, from, size)).toEqual(expected)
})

it('no key leads out of the grid', () => {
  expect(movedBy({ key: 'PageDown', ctrlKey: false, metaKey: false }, { row: 95, column: 4 }, size)).toEqual({ row: 99, column: 4 })
  expect(movedBy({ key: 'ArrowLeft', ctrlKey: false, metaKey: false }, { row: 0, column: 0 }, size)).toEqual({ row: 0, column: 0 })
})
