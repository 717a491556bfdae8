import { expect, it } from 'vitest'
import { mergeForms } from './merge'

const base = { name: 'Sales', description: 'Old', tags: ['a'] }

it('mergeForms keeps what either has changed', () => {
  expect(mergeForms(base, { ...base, name: 'Shop sales' }, { ...base, tags: ['a', 'b'] })).toEqual({
    merged: { name: 'Shop sales', description: 'Old', tags: ['a', 'b'] },
    conflicts: [],
  })
})

it('mergeForms names the fields that both have changed, and keeps mine', () => {
  expect(
    mergeForms(base, { ...base, name: 'Mine', description: 'New' }, { ...base, name: 'Theirs', description: 'New' }),
  ).toEqual({ merged: { name: 'Mine', description: 'New', tags: ['a'] }, conflicts: ['name'] })
})
