import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from './locales/en.json'
import ja from './locales/ja.json'

type Texts = { [key: string]: string | Texts }

function flatten(texts: Texts, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  )
}

const PLURAL = /_(zero|one|two|few|many|other)$/
const base = (key: string) => key.replace(PLURAL, '')
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted()

const english = flatten(en)
const japanese = flatten(ja)

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'gql' ? [] : sources(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.includes('.test.') ? [path] : []
  })
}

describe('the texts of the page', () => {
  it('have the same keys in both languages', () => {
    const keysOf = (texts: [string, string][]) => [...new Set(texts.map(([key]) => base(key)))].toSorted()
    expect(keysOf(japanese)).toEqual(keysOf(english))
  })

  it.each([
    ['English', english, ['one', 'other']],
    ['Japanese', japanese, ['other']],
  ] as const)('have every plural form that %s needs', (_language, texts, forms) => {
    const keys = new Set(texts.map(([key]) => key))
    const counted = new Set([...keys].filter((key) => PLURAL.test(key)).map(base))
    const missing = [...counted].flatMap((key) =>
      forms.map((form) => `${key}_${form}`).filter((wanted) => !keys.has(wanted)),
    )
    expect(missing).toEqual([])
    expect(counted.size).toBeGreaterThan(0)
  })

  it('fill in the same values in both languages', () => {
    // A count that a plural form only chooses by need not stand in the text.
    const valuesOf = (texts: [string, string][]) =>
      Object.fromEntries(
        texts
          .filter(([key]) => !key.endsWith('_one'))
          .map(([key, text]) => [base(key), placeholders(text)]),
      )
    expect(valuesOf(japanese)).toEqual(valuesOf(english))
  })

  it('are never empty', () => {
    expect([...english, ...japanese].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it('are all used, and all that is used is there', () => {
    const code = sources(resolve(import.meta.dirname, '..'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n')
    const literal = new Set([...code.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => key))
    const built = [...code.matchAll(/\bt\(\s*`([\w.]+\.)\$\{/g)].map(([, prefix]) => prefix ?? '')
    const keys = new Set(english.map(([key]) => base(key)))
    const isUsed = (key: string) => literal.has(key) || built.some((prefix) => key.startsWith(prefix))
    expect([...literal].filter((key) => !keys.has(key ?? ''))).toEqual([])
    expect([...keys].filter((key) => !isUsed(key))).toEqual([])
  })
})
