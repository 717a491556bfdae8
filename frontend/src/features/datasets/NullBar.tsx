import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { formatFraction, formatInteger } from '../../lib/format'

interface NullBarProps {
  nullCount: number
  nullFraction: number
}

/** How full a column is: a bar, and the same in words. */
export function NullBar({ nullCount, nullFraction }: NullBarProps) {
  const { t, i18n } = useTranslation()
  return (
    <div>
      <Box aria-hidden sx={{ height: 6, borderRadius: 3, overflow: 'hidden', bgcolor: 'warning.main' }}>
        <Box
          sx={{
            height: 1,
            width: `${(1 - nullFraction) * 100}%`,
            bgcolor: 'success.main',
            // A gap keeps the two apart for eyes that do not tell them by colour.
            borderRight: nullFraction > 0 && nullFraction < 1 ? 2 : 0,
            borderColor: 'background.paper',
          }}
        />
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {nullCount === 0
          ? t('profile.noNulls')
          : t('profile.nulls', {
              amount: formatInteger(nullCount, i18n.language),
              fraction: formatFraction(nullFraction, i18n.language),
            })}
      </Typography>
    </div>
  )
}
