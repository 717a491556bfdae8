/** Time zones as the browser knows them. */

/** Distance from UTC at a moment, as UTC+9; null: there is no such zone. */
export function offsetOf(timezone: string, at: Date): string | null {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'shortOffset' }).formatToParts(at)
    const offset = parts.find(({ type }) => type === 'timeZoneName')?.value
    return offset?.replace('GMT', 'UTC') ?? null
  } catch {
    return null
  }
}

/** Whether clocks of the zone are changed in the year after a moment. */
export function changesClocks(timezone: string, from: Date): boolean {
  const offsets = new Set<string | null>()
  for (let month = 0; month < 12; month += 1) {
    const at = new Date(from)
    at.setUTCDate(1)
    at.setUTCMonth(from.getUTCMonth() + month)
    offsets.add(offsetOf(timezone, at))
  }
  return offsets.size > 1
}
