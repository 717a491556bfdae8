/** Numbers, sizes and times as people of a language read them. */

const SIZE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** Decimal units, as storage is sold and as every cloud console shows it: 1,000 B = 1 KB. */
export function formatBytes(sizeBytes: number, language: string): string {
  const exponent =
    sizeBytes < 1 ? 0 : Math.min(Math.floor(Math.log10(sizeBytes) / 3), SIZE_UNITS.length - 1)
  const amount = sizeBytes / 1000 ** exponent
  const digits = exponent === 0 || amount >= 100 ? 0 : 1
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(amount)
  return `${text} ${SIZE_UNITS[exponent]}`
}

export function formatInteger(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value)
}

/** A statistic: at most six significant digits, and no comma in what may be a year. */
export function formatStatistic(value: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 6, useGrouping: 'min2' }).format(value)
}

/** A fraction (0-1) as a percentage; something is never shown as nothing, nor nearly all as all. */
export function formatFraction(fraction: number, language: string): string {
  const percent = (value: number) =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(value)
  if (fraction > 0 && fraction < 0.001) return `< ${percent(0.001)}`
  if (fraction < 1 && fraction > 0.999) return `> ${percent(0.999)}`
  return percent(fraction)
}

export function formatSigned(value: number, language: string): string {
  return new Intl.NumberFormat(language, { signDisplay: 'exceptZero' }).format(value)
}

/** 0.123 as +12.3 %: at most three digits that say something. */
export function formatSignedPercent(fraction: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumSignificantDigits: 3,
  }).format(fraction)
}

export function formatDateTime(instant: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(instant),
  )
}

const SPANS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long ago, in the largest unit that fits; below a minute it is simply 'now'. */
export function formatRelative(instant: string, now: Date, language: string): string {
  const seconds = (Date.parse(instant) - now.getTime()) / 1000
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  for (const [unit, length] of SPANS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit)
  }
  return format.format(0, 'second')
}

/** A calendar day from seconds since 1970, in UTC: data has no time zone of the reader's. */
export function formatDay(epochSeconds: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(epochSeconds * 1000),
  )
}
