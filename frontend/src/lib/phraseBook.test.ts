import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import ja from './locales/codes.ja.json'
import { said } from './phraseBook'

const codes = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../codes.json'), 'utf8')) as Record<string, string>
const PLACE = /(?<!\{)\{(\w+)(!r)?(?::([^{}]*))?\}/g
const FORMS = new Set(['', ',', 'n', 'g', 'bytes', '.0%', '.1%', '.2%'])
const values = (sentence: string) => [...sentence.matchAll(PLACE)].map(([, name]) => name ?? '')

describe('the catalogue of the server’s sentences', () => {
  it('has every code that the server can say, and no other', () => {
    expect(Object.keys(ja)).toEqual(Object.keys(codes))
  })

  it('names no value that the sentence does not have', () => {
    const unknown = Object.entries(ja as Record<string, string>).flatMap(([code, sentence]) =>
      values(sentence)
        .filter((name) => !values(codes[code] ?? '').includes(name))
        .map((name) => `${code}: ${name}`),
    )
    expect(unknown).toEqual([])
  })

  it('leaves no value out but a word that only English needs', () => {
    const left = Object.entries(ja as Record<string, string>).flatMap(([code, sentence]) =>
      values(codes[code] ?? '')
        .filter((name) => !values(sentence).includes(name))
        .map((name) => `${code}: ${name}`),
    )
    expect(left).toEqual(['ID_OF_OTHER_TYPE: article'])
  })

  it('writes values in forms that the page knows', () => {
    const forms = Object.values(ja).flatMap((sentence) => [...sentence.matchAll(PLACE)].map(([, , , form]) => form ?? ''))
    expect(forms.filter((form) => !FORMS.has(form))).toEqual([])
    expect(forms).toContain('n')
  })
})

describe('a phrase', () => {
  const catalogue = {
    NUMBERS: '{rows:,} 行、{value:n}、{part:.1%}、{room:bytes}、{plain}、{long:,}、{none}',
    OUTER: '{place} 行目: {reason}、{columns}',
    INNER: '{count} 個',
    BRACES: '{{{name}}}',
  }
  const say = (code: string, params: Record<string, unknown>) => said({ code, params }, catalogue, 'ja')

  it('has its numbers as the language writes them', () => {
    const params = { rows: 1234567, value: 0.1 + 0.2, part: 0.0625, room: 1500, plain: 2026, long: '9007199254740993', none: null }
    expect(say('NUMBERS', params)).toBe('1,234,567 行、0.3、6.3%、1.5 KB、2026、9,007,199,254,740,993、–')
  })

  it('may hold phrases, those of unknown codes in English', () => {
    const known = { message: '2 things', code: 'INNER', params: { count: 2 } }
    const unknown = { message: 'It is new.', code: 'NEW', params: {} }
    expect(say('OUTER', { place: 7, reason: known, columns: ['a', unknown] })).toBe('7 行目: 2 個、a、It is new.')
  })

  it('has braces where they are doubled', () => {
    expect(say('BRACES', { name: 'x' })).toBe('{x}')
  })

  it('is not said when its code is not known', () => {
    expect(say('NEW', {})).toBeNull()
    expect(said({ code: null, params: {} }, catalogue, 'ja')).toBeNull()
  })
})
