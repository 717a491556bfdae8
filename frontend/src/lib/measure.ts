/** What the values of quality metrics mean. */

/** Whether the metric is a part of a whole, 0-1. */
export function isFraction(metricName: string): boolean {
  return metricName.endsWith('_fraction')
}

const SPANS: readonly (readonly ['day' | 'hour' | 'minute' | 'second', number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** A length of time in its largest unit that fits, with one decimal: 1.5 days. */
export function formatDuration(seconds: number, language: string): string {
  const [unit, length] = SPANS.find(([, one]) => Math.abs(seconds) >= one) ?? (['second', 1] as const)
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  }).format(seconds / length)
}

/** Milliseconds as a person reads how long something took. */
export function formatMilliseconds(milliseconds: number, language: string): string {
  if (milliseconds >= 1000) return formatDuration(milliseconds / 1000, language)
  return new Intl.NumberFormat(language, { style: 'unit', unit: 'millisecond' }).format(milliseconds)
}
