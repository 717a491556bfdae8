import Chip from '@mui/material/Chip'
import { useTranslation } from 'react-i18next'

/** Whether something answers. */
export function StateChip({ good }: { good: boolean }) {
  const { t } = useTranslation()
  return good ? (
    <Chip size="small" color="success" variant="outlined" label={t('admin.system.answers')} />
  ) : (
    <Chip size="small" color="error" label={t('admin.system.away')} />
  )
}
