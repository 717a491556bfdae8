import { describe, expect, it } from 'vitest'
import { parseBlocks, parseInline, plainText } from './markdown'

describe('parseInline', () => {
  it('tells strong, emphasised, code and links from text', () => {
    expect(parseInline('A **b** of *c* in `d_e_f`, see [g](https://h.example/i).')).toEqual([
      { kind: 'text', text: 'A ' },
      { kind: 'strong', text: 'b' },
      { kind: 'text', text: ' of ' },
      { kind: 'emphasis', text: 'c' },
      { kind: 'text', text: ' in ' },
      { kind: 'code', text: 'd_e_f' },
      { kind: 'text', text: ', see ' },
      { kind: 'link', text: 'g', href: 'https://h.example/i' },
      { kind: 'text', text: '.' },
    ])
  })

  it.each(['[a](javascript:alert(1))', '[a](data:text/html,x)', '<b>a</b>', 'names_of_columns', '2 * 3 * 4', '**'])(
    'leaves %s as it is written',
    (source) => {
      expect(parseInline(source)).toEqual([{ kind: 'text', text: source }])
    },
  )
})

it('parseBlocks tells paragraphs from lists', () => {
  expect(parseBlocks('# Head\nFirst.\n\n- one\n- *two*\n\nLast.')).toEqual([
    { kind: 'paragraph', content: [{ kind: 'text', text: 'Head\nFirst.' }] },
    { kind: 'list', items: [[{ kind: 'text', text: 'one' }], [{ kind: 'emphasis', text: 'two' }]] },
    { kind: 'paragraph', content: [{ kind: 'text', text: 'Last.' }] },
  ])
})

it('plainText is one line without markup', () => {
  expect(plainText('A **b**\nc.\n\n- [d](https://e.example)\n- `f`')).toBe('A b c. d f')
})
