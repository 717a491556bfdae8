import Box from '@mui/material/Box'
import { useTranslation } from 'react-i18next'
import { formatFraction, formatInteger } from '../../lib/format'

const SHOWN = 6

interface TopValuesProps {
  values: readonly { value: string; count: number }[]
  rowCount: number
}

/** The most frequent values, each with its share of all rows. */
export function TopValues({ values, rowCount }: TopValuesProps) {
  const { t, i18n } = useTranslation()
  const highest = Math.max(1, ...values.map(({ count }) => count))
  return (
    <Box
      component="ol"
      aria-label={t('profile.topValues')}
      sx={{ m: 0, p: 0, listStyle: 'none', fontSize: '0.875rem' }}
    >
      {values.slice(0, SHOWN).map(({ value, count }) => (
        <Box component="li" key={value} sx={{ position: 'relative', px: 1, py: 0.25, mb: 0.5, display: 'flex', gap: 1 }}>
          <Box
            aria-hidden
            sx={{
              position: 'absolute',
              inset: 0,
              width: `${(count / highest) * 100}%`,
              bgcolor: 'primary.main',
              opacity: 0.16,
              borderRadius: 0.5,
            }}
          />
          <Box
            component="span"
            title={value}
            sx={{ flexGrow: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
          >
            {value === '' ? t('profile.emptyText') : value}
          </Box>
          <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>
            {formatInteger(count, i18n.language)}
            {rowCount > 0 && ` · ${formatFraction(count / rowCount, i18n.language)}`}
          </Box>
        </Box>
      ))}
    </Box>
  )
}
