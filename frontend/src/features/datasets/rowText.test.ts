import { expect, it } from 'vitest'
import { asTabSeparated, cellText } from './rowText'

it('cellText is what the data holds', () => {
  expect([null, '', '007', 1234.5, true, { a: 1 }].map(cellText)).toEqual(['', '', '007', '1234.5', 'true', '{"a":1}'])
})

it('asTabSeparated quotes what would break a field', () => {
  expect(asTabSeparated([['a', 'b'], ['1\t2', 'say "x"'], ['two\nlines', '']])).toBe(
    'a\tb\n"1\t2"\t"say ""x"""\n"two\nlines"\t',
  )
})
