/** Read options while a person edits them, and as the API takes them. */
import type { FileFormat, LogicalType, ReadOptionsInput } from '../../gql/graphql'

/** Null, or an empty text where an option cannot be empty: find out. */
export interface ReadOptionsDraft {
  format: FileFormat | null
  encoding: string
  delimiter: string | null
  quote: string | null
  escape: string | null
  headerRows: number | null
  /** As typed: what is no number is refused, not dropped. */
  skippedRows: string
  decimalSeparator: string | null
  thousandsSeparator: string | null
  /** One a line; blank lines are no tokens. */
  nullTokens: string | null
  /** Whether a cell without text is one of the tokens. */
  emptyIsNull: boolean
  sheet: string
  types: Readonly<Record<string, LogicalType>>
}

export const FIND_ALL_OUT: ReadOptionsDraft = {
  format: null,
  encoding: '',
  delimiter: null,
  quote: null,
  escape: null,
  headerRows: null,
  skippedRows: '',
  decimalSeparator: null,
  thousandsSeparator: null,
  nullTokens: null,
  emptyIsNull: true,
  sheet: '',
  types: {},
}

export type OptionName = keyof Omit<ReadOptionsDraft, 'emptyIsNull'>

const OF_TABLES = ['headerRows', 'skippedRows'] as const
const OF_TEXT = [
  'encoding',
  'delimiter',
  'quote',
  'escape',
  ...OF_TABLES,
  'decimalSeparator',
  'thousandsSeparator',
  'nullTokens',
  'types',
] as const
const OF_JSON = ['encoding', 'nullTokens', 'types'] as const

/** The options that mean something for a format, beside the format itself. */
const OPTIONS_OF: Readonly<Record<FileFormat, readonly OptionName[]>> = {
  CSV: OF_TEXT,
  JSON: OF_JSON,
  JSON_LINES: OF_JSON,
  XLSX: ['sheet', ...OF_TABLES],
  PARQUET: [],
  ARROW: [],
}

export const FORMATS: readonly FileFormat[] = ['CSV', 'JSON', 'JSON_LINES', 'XLSX', 'PARQUET', 'ARROW']

export function optionsOf(format: FileFormat | null): readonly OptionName[] {
  return format === null ? OF_TEXT : OPTIONS_OF[format]
}

/** How a file was read, as the API tells it. */
export interface FoundOptions {
  format: FileFormat | null
  encoding: string | null
  delimiter: string | null
  quote: string | null
  escape: string | null
  headerRows: number | null
  skippedRows: number | null
  decimalSeparator: string | null
  thousandsSeparator: string | null
  nullTokens: readonly string[] | null
  sheet: string | null
}

/** A draft that begins with how a file was read; what has no meaning for its format is left to be found. */
export function draftOf(found: FoundOptions | null): ReadOptionsDraft {
  if (!found) return FIND_ALL_OUT
  const { format, delimiter, quote, escape, headerRows, decimalSeparator, thousandsSeparator, nullTokens } = found
  return {
    format,
    encoding: found.encoding ?? '',
    delimiter,
    quote,
    escape,
    headerRows,
    skippedRows: found.skippedRows?.toString() ?? '',
    decimalSeparator,
    thousandsSeparator,
    nullTokens: nullTokens?.filter((token) => token !== '').join('\n') ?? null,
    emptyIsNull: nullTokens?.includes('') ?? true,
    sheet: found.sheet ?? '',
    types: {},
  }
}

export function isSkippable(skippedRows: string): boolean {
  return /^\d{0,7}$/.test(skippedRows.trim())
}

/** What was decided, without what is to be found out; null when nothing was. */
export function inputOf(draft: ReadOptionsDraft): ReadOptionsInput | null {
  const meant = optionsOf(draft.format)
  const tokens = draft.nullTokens?.split('\n').filter((token) => token !== '')
  const decided: ReadOptionsInput = {
    format: draft.format,
    encoding: draft.encoding.trim() || null,
    delimiter: draft.delimiter,
    quote: draft.quote,
    escape: draft.escape,
    headerRows: draft.headerRows,
    skippedRows: draft.skippedRows.trim() === '' ? null : Number(draft.skippedRows),
    decimalSeparator: draft.decimalSeparator,
    thousandsSeparator: draft.thousandsSeparator,
    nullTokens: tokens ? [...(draft.emptyIsNull ? [''] : []), ...tokens] : null,
    sheet: draft.sheet || null,
    types: Object.keys(draft.types).length > 0 ? draft.types : null,
  }
  const given = Object.entries(decided).filter(
    ([name, value]) => value !== null && (name === 'format' || meant.some((one) => one === name)),
  )
  return given.length > 0 ? Object.fromEntries(given) : null
}
