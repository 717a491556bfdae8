import Box from '@mui/material/Box'
import ButtonBase from '@mui/material/ButtonBase'
import { useTranslation } from 'react-i18next'
import { formatInteger } from '../../lib/format'

/** Longer text is cut here; as much as the server sent is one click away. */
export const LONGEST_CELL = 100

interface DataCellProps {
  value: unknown
  /** Characters of the whole cell when the server has cut it; null when it has not. */
  fullLength: number | null
  onOpen: (text: string) => void
}

/** One value of one row: null is not the empty text, and what is cut says so. */
export function DataCell({ value, fullLength, onOpen }: DataCellProps) {
  const { t, i18n } = useTranslation()
  if (value === null || value === undefined) {
    return (
      <Box component="span" sx={{ color: 'text.secondary', fontStyle: 'italic' }}>
        null
      </Box>
    )
  }
  // Numbers are shown as they are, not grouped by the reader's language: this is the data itself.
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= LONGEST_CELL && fullLength === null) return <>{text}</>
  const length = fullLength ?? text.length
  const missing = length - Math.min(text.length, LONGEST_CELL)
  return (
    <>
      {text.slice(0, LONGEST_CELL)}…
      <ButtonBase
        aria-label={t('data.openCell', { count: length, amount: formatInteger(length, i18n.language) })}
        onClick={() => onOpen(fullLength === null ? text : `${text}…`)}
        sx={{ ml: 0.5, px: 0.75, borderRadius: 1, bgcolor: 'action.selected', fontSize: '0.75rem', lineHeight: 1.6 }}
      >
        {t('data.cut', { count: missing, amount: formatInteger(missing, i18n.language) })}
      </ButtonBase>
    </>
  )
}
