/** Whether nobody is notified now. */
export function isMuted(mutedUntil: string | null, now: Date = new Date()): boolean {
  return mutedUntil !== null && Date.parse(mutedUntil) > now.getTime()
}

const HOUR_MS = 3_600_000

export const MUTE_SPANS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const
export type MuteSpan = keyof typeof MUTE_SPANS

/** The end of a span that begins now. */
export function endOf(span: MuteSpan): string {
  return new Date(Date.now() + MUTE_SPANS[span]).toISOString()
}
