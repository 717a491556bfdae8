import ChevronLeftIcon from '@mui/icons-material/ChevronLeft'
import ChevronRightIcon from '@mui/icons-material/ChevronRight'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { formatInteger } from '../../lib/format'

interface RowsPagerProps {
  offset: number
  shown: number
  totalCount: number
  /** Null when there is no such page. */
  onPrevious: (() => void) | null
  onNext: (() => void) | null
}

export function RowsPager({ offset, shown, totalCount, onPrevious, onNext }: RowsPagerProps) {
  const { t, i18n } = useTranslation()
  const integer = (value: number) => formatInteger(value, i18n.language)
  return (
    <Stack direction="row" spacing={1} component="nav" aria-label={t('data.pages')} sx={{ alignItems: 'center' }}>
      <Typography variant="body2" color="text.secondary" role="status" sx={{ flexGrow: 1 }}>
        {t('data.range', {
          first: integer(offset + 1),
          last: integer(offset + shown),
          total: integer(totalCount),
        })}
      </Typography>
      <Button
        size="small"
        startIcon={<ChevronLeftIcon />}
        disabled={!onPrevious}
        onClick={() => onPrevious?.()}
      >
        {t('data.previous')}
      </Button>
      <Button size="small" endIcon={<ChevronRightIcon />} disabled={!onNext} onClick={() => onNext?.()}>
        {t('data.next')}
      </Button>
    </Stack>
  )
}
