/** A schedule in the middle of being written. */
export const PRESETS = { hourly: '0 * * * *', daily: '0 6 * * *', weekdays: '0 6 * * 1-5', weekly: '0 6 * * 1', monthly: '0 6 1 * *' } as const
export const PRESET_NAMES = ['hourly', 'daily', 'weekdays', 'weekly', 'monthly'] as const

export interface ScheduleDraft {
  cron: string
  timezone: string
  /** Empty: all rules that are enabled when it is due. */
  ruleIds: readonly string[]
}

export const NEW_SCHEDULE: ScheduleDraft = { cron: PRESETS.daily, timezone: 'UTC', ruleIds: [] }

export function isScheduleDraft(kept: unknown): kept is ScheduleDraft {
  if (typeof kept !== 'object' || kept === null) return false
  const { cron, timezone, ruleIds } = kept as Record<string, unknown>
  return typeof cron === 'string' && typeof timezone === 'string' && Array.isArray(ruleIds)
}
