import Box from '@mui/material/Box'
import ButtonBase from '@mui/material/ButtonBase'
import { useTranslation } from 'react-i18next'

/** Longer text is cut here; the whole of it is one click away. */
export const LONGEST_CELL = 120

interface DataCellProps {
  value: unknown
  onShowAll: (text: string) => void
}

/** One value of one row: null is not the empty string, and what is cut says so. */
export function DataCell({ value, onShowAll }: DataCellProps) {
  const { t } = useTranslation()
  if (value === null || value === undefined) {
    return (
      <Box component="span" sx={{ color: 'text.secondary', fontStyle: 'italic', opacity: 0.8 }}>
        null
      </Box>
    )
  }
  // Numbers are shown as they are, not grouped by the reader's language: this is the data itself.
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text.length <= LONGEST_CELL) return <>{text}</>
  return (
    <>
      {text.slice(0, LONGEST_CELL)}
      <ButtonBase
        aria-label={t('data.showWholeCell', { count: text.length })}
        onClick={() => onShowAll(text)}
        sx={{ ml: 0.5, px: 0.75, borderRadius: 1, bgcolor: 'action.selected', fontSize: '0.75rem', lineHeight: 1.5 }}
      >
        {t('data.cut', { count: text.length - LONGEST_CELL })}
      </ButtonBase>
    </>
  )
}
