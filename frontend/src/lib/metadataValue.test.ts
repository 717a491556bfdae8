import { describe, expect, it } from 'vitest'
import { parseTyped, typedText } from './metadataValue'

describe('parseTyped', () => {
  it.each([
    ['abc', 'abc', 'text'],
    ['"12"', '12', 'text'],
    ['12.50', 12.5, 'number'],
    ['9007199254740993', '9007199254740993', 'text'],
    ['true', true, 'boolean'],
    ['null', null, 'null'],
    [' [1, "a"]', [1, 'a'], 'list'],
    ['{"a": {"b": null}}', { a: { b: null } }, 'object'],
    ['', '', 'text'],
    ['2026-01-31', '2026-01-31', 'text'],
  ])('reads %j as %j, %s', (text, value, type) => {
    expect(parseTyped(text)).toEqual({ kind: 'value', value, type })
  })

  it.each(['{"a": 1', '[1,]', '"abc'])('refuses %s, which begins as JSON and is none', (text) => {
    expect(parseTyped(text)).toEqual({ kind: 'invalid' })
  })
})

it.each(['abc', '12', 'null', '{', '"', '', 12, 1.5, null, false, ['a'], { a: [1] }])(
  'typedText of %j is read back as the same value',
  (value) => {
    expect(parseTyped(typedText(value))).toMatchObject({ kind: 'value', value })
  },
)
