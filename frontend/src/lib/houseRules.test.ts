import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const FEATURES = readdirSync(resolve(ROOT, 'src/features'))

interface Override {
  files: string[]
  rules: { 'no-restricted-imports'?: 'off' | [string, { patterns: { regex?: string }[] }] }
}

it('every feature is kept from importing every other and the application, wherever the file lies', () => {
  const { overrides } = JSON.parse(readFileSync(resolve(ROOT, '.oxlintrc.json'), 'utf8')) as { overrides: Override[] }
  for (const feature of FEATURES) {
    const rule = overrides.find(({ files }) => files.includes(`src/features/${feature}/**`))?.rules['no-restricted-imports']
    const patterns = Array.isArray(rule) ? rule[1].patterns.map(({ regex }) => new RegExp(regex ?? '$^')) : []
    const refused = [...FEATURES, 'app'].filter((other) =>
      [`../${other}/x`, `../../${other}/x`, `../../../${other}/a/b`].every((path) => patterns.some((one) => one.test(path))),
    )
    expect([feature, refused.toSorted()]).toEqual([feature, [...FEATURES, 'app'].filter((one) => one !== feature).toSorted()])
  }
})

it('no two modules differ by case only: some file systems would take one for the other', () => {
  const names = readdirSync(resolve(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('gql'))
    .map((name) => name.replace(/\.tsx?$/, ''))
  const lower = names.map((name) => name.toLowerCase())
  expect(names.filter((name, index) => lower.indexOf(name.toLowerCase()) !== index)).toEqual([])
})

it('no control that may be disabled has a `title`: browsers do not show one there, Reasoned says why', () => {
  const TAG = /<[A-Z]\w*\b(?:[^<>]|=>)*?(?<!=)>/g
  const names = readdirSync(resolve(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'))
  const found = (source: string) =>
    [...source.matchAll(TAG)].map(([tag]) => tag).filter((tag) => /\sdisabled\b/.test(tag) && /\stitle=/.test(tag))
  const probe = '<Button disabled={!field} title={field ? undefined : why} onClick={() => go()}>'
  expect(found(probe)).toEqual([probe])
  expect(names.flatMap((name) => found(readFileSync(resolve(ROOT, 'src', name), 'utf8')).map((tag) => `${name}: ${tag}`))).toEqual([])
})
