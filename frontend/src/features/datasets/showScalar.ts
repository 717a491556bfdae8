import { formatStatistic } from '../../lib/format'

const LONGEST = 60

/** A smallest or largest value, whose type depends on the column, as short text; null when absent. */
export function showScalar(value: unknown, language: string): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return formatStatistic(value, language)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
