import { describe, expect, it } from 'vitest'
import { conditionsOf, exportQuery, instantOf } from './auditConditions'

const reader = (address: string) => {
  const params = new URLSearchParams(address)
  return (name: string) => params.get(name) ?? ''
}

describe('conditions of the audit trail', () => {
  it('come from the address, and what is empty or no time is left out', () => {
    expect(conditionsOf(reader(''))).toEqual({})
    expect(conditionsOf(reader('actor=u1&action=dataset.&target=d1&request=r1&after=yesterday'))).toEqual({
      actorId: 'u1',
      action: 'dataset.',
      targetId: 'd1',
      requestId: 'r1',
    })
  })

  it('say the same to the export', () => {
    const before = instantOf('2026-01-31T12:00')
    const conditions = conditionsOf(reader('actor=u1&action=dataset.create&before=2026-01-31T12:00'))
    expect(conditions.occurredBefore).toBe(before)
    expect(Object.fromEntries(new URLSearchParams(exportQuery(conditions, 'csv')))).toEqual({
      format: 'csv',
      actor: 'u1',
      action: 'dataset.create',
      before,
    })
  })
})
