import { formatStatistic } from '../../lib/format'
import { cutText } from './cutText'

/** A value whose type depends on the column, as short text; null when absent. */
export function showScalar(value: unknown, language: string): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return formatStatistic(value, language)
  return cutText(typeof value === 'string' ? value : JSON.stringify(value))
}
