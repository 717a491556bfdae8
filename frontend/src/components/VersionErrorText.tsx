import { useTranslation } from 'react-i18next'

/** Why a file could not be read: a closed set, of which the server may know more than this page. */
export const VERSION_ERROR_CODES = [
  'EMPTY_FILE',
  'UNKNOWN_FORMAT',
  'UNSUPPORTED_FORMAT',
  'WRONG_OPTIONS',
  'BAD_ENCODING',
  'MALFORMED',
  'TRUNCATED',
  'NO_ROWS',
  'TOO_MANY_BAD_ROWS',
  'TOO_MANY_COLUMNS',
  'CELL_TOO_LARGE',
  'TOO_LARGE_UNCOMPRESSED',
  'OUT_OF_MEMORY',
  'TIMED_OUT',
  'SIZE_MISMATCH',
  'CHECKSUM_MISMATCH',
  'OBJECT_CHANGED',
  'WAITING',
] as const

/** The kind of failure in the reader's language. */
export function VersionErrorText({ code }: { code: string }) {
  const { t } = useTranslation()
  const known = VERSION_ERROR_CODES.find((one) => one === code)
  return known ? t(`versionError.${known}`) : t('versionError.OTHER')
}
