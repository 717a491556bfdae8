import Box from '@mui/material/Box'
import { useTranslation } from 'react-i18next'
import type { QualityStatus } from '../../gql/graphql'
import { formatFraction } from '../../lib/format'

const COLORS: Partial<Record<QualityStatus, string>> = { PASS: 'success.main', WARN: 'warning.main', FAIL: 'error.main', ERROR: 'error.main' }

/** Health at a glance: a dot, and the share of rules that pass. */
export function HealthMark({ health }: { health: { status: QualityStatus; score: number } | null }) {
  const { t, i18n } = useTranslation()
  if (!health) return <span title={t('datasets.unchecked')}>–</span>
  return (
    <Box component="span" title={t(`datasets.healthIs.${health.status}`)} sx={{ position: 'relative', display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
      <Box component="span" aria-hidden sx={{ width: 9, height: 9, borderRadius: '50%', bgcolor: COLORS[health.status] ?? 'text.disabled' }} />
      {formatFraction(health.score, i18n.language)}
      <Box component="span" sx={{ position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' }}>
        {t(`datasets.healthIs.${health.status}`)}
      </Box>
    </Box>
  )
}
