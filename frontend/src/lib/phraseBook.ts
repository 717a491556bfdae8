/** Fills the sentences of a language with the values that came from the server. */
import { formatBytes } from './format'
import type { SentPhrase } from './phrases'

type Catalogue = Record<string, string>

const catalogues: Record<string, () => Promise<{ default: Catalogue }>> = {
  ja: () => import('./locales/codes.ja.json'),
}

/** `{name}`, `{name:form}` and the braces of `{{` and `}}`, as `app/core/phrases.py` has them. */
const PART = /\{\{|\}\}|\{(\w+)(?:!r)?(?::([^{}]*))?\}/g

/** What says a phrase in the language; null for a code that the catalogue lacks. */
export async function bookOf(language: string): Promise<(phrase: SentPhrase) => string | null> {
  const catalogue = (await catalogues[language]?.())?.default ?? {}
  return (phrase) => said(phrase, catalogue, language)
}

export function said({ code, params }: SentPhrase, catalogue: Catalogue, language: string): string | null {
  const sentence = code === null ? undefined : catalogue[code]
  if (sentence === undefined || !isRecord(params)) return null
  return sentence.replace(PART, (whole, name: string | undefined, form: string | undefined) => {
    if (name === undefined) return whole.charAt(0)
    return shown(params[name], form ?? '', catalogue, language)
  })
}

function shown(value: unknown, form: string, catalogue: Catalogue, language: string): string {
  if (isRecord(value)) {
    const code = typeof value['code'] === 'string' ? value['code'] : null
    return said({ code, params: value['params'] }, catalogue, language) ?? String(value['message'])
  }
  if (Array.isArray(value)) {
    const texts = value.map((one) => shown(one, form, catalogue, language))
    return new Intl.ListFormat(language, { type: 'conjunction' }).format(texts)
  }
  if (form !== '' && isNumeric(value)) return formatted(value, form, language)
  return value === null || value === undefined ? '–' : String(value)
}

function formatted(value: number | Digits, form: string, language: string): string {
  if (form === 'bytes') return formatBytes(Number(value), language)
  if (form.endsWith('%')) {
    const digits = Number(form.match(/\d+/)?.[0] ?? 0)
    return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: digits }).format(Number(value))
  }
  // Six digits of what was measured, all of what was counted.
  const whole = typeof value === 'string' || Number.isInteger(value)
  return new Intl.NumberFormat(language, whole ? { maximumFractionDigits: 20 } : { maximumSignificantDigits: 6 }).format(value)
}

/** A number that is too long for a double: formatted digit by digit. */
type Digits = `${number}`

function isNumeric(value: unknown): value is number | Digits {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
