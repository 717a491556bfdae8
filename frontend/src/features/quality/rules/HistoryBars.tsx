import Box from '@mui/material/Box'
import { useTranslation } from 'react-i18next'
import type { QualityStatus } from '../../../gql/graphql'

const COLORS: Record<QualityStatus, string> = {
  PASS: 'success.main',
  WARN: 'warning.main',
  FAIL: 'error.main',
  ERROR: 'secondary.main',
  SKIPPED: 'divider',
}

// Their height tells them apart without their colour.
const HEIGHTS: Record<QualityStatus, number> = { PASS: 10, WARN: 15, FAIL: 22, ERROR: 22, SKIPPED: 4 }

interface HistoryBarsProps {
  /** Newest first. */
  results: readonly { status: QualityStatus; checkedAt: string }[]
}

/** What a rule found lately, oldest on the left: one bar a run. */
export function HistoryBars({ results }: HistoryBarsProps) {
  const { t } = useTranslation()
  if (results.length === 0) return null
  const passed = results.filter(({ status }) => status === 'PASS').length
  return (
    <Box
      role="img"
      aria-label={t('quality.historyOf', { passed, count: results.length })}
      title={t('quality.historyOf', { passed, count: results.length })}
      sx={{ display: 'flex', alignItems: 'flex-end', gap: '3px', height: 22 }}
    >
      {results.toReversed().map(({ status, checkedAt }, index) => (
        <Box key={`${checkedAt}${index}`} sx={{ width: 5, height: HEIGHTS[status], borderRadius: 0.5, bgcolor: COLORS[status] }} />
      ))}
    </Box>
  )
}
