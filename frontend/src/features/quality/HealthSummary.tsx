import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { FactList } from '../../components/FactList'
import { QualityStatusChip } from '../../components/quality/QualityStatusChip'
import { TimeAgo } from '../../components/TimeAgo'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { QualityStatus } from '../../gql/graphql'
import { formatFraction, formatInteger } from '../../lib/format'

const HealthSummary_dataset = graphql(`
  fragment HealthSummary_dataset on Dataset {
    id
    autoPublish
    currentVersion {
      id
      number
    }
    health {
      status
      score
      failingRules
      openIncidents
      lastCheckedAt
    }
  }
`)

const COLORS: Record<QualityStatus, string> = {
  PASS: 'success.main',
  WARN: 'warning.main',
  FAIL: 'error.main',
  ERROR: 'secondary.main',
  SKIPPED: 'text.secondary',
}

interface HealthSummaryProps {
  dataset: FragmentType<typeof HealthSummary_dataset>
  /** Buttons beside it. */
  actions: ReactNode
}

/** How good a dataset is now: score, worst status, what fails. */
export function HealthSummary({ dataset: masked, actions }: HealthSummaryProps) {
  const { t, i18n } = useTranslation()
  const { id, health, currentVersion, autoPublish } = readFragment(HealthSummary_dataset, masked)
  return (
    <Paper variant="outlined" component="section" aria-label={t('quality.health')} sx={{ p: 2.5 }}>
      <Stack direction={{ xs: 'column', md: 'row' }} spacing={3} sx={{ alignItems: { md: 'center' } }}>
        <Stack direction="row" spacing={2} sx={{ alignItems: 'center', flexShrink: 0 }}>
          <ScoreRing score={health?.score ?? null} color={health ? COLORS[health.status] : 'text.secondary'} />
          <div>
            <Typography variant="h2">{t('quality.health')}</Typography>
            <Box sx={{ mt: 0.75 }}>
              <QualityStatusChip status={health?.status ?? null} />
            </Box>
          </div>
        </Stack>
        <Box sx={{ flexGrow: 1, minWidth: 0 }}>
          {health ? (
            <FactList
              minWidth={120}
              facts={[
                { label: t('quality.failingRules'), value: formatInteger(health.failingRules, i18n.language) },
                {
                  label: t('quality.openIncidents'),
                  value:
                    health.openIncidents > 0 ? (
                      <Box component={Link} to={`/quality?dataset=${id}`} sx={{ color: 'primary.main' }}>
                        {formatInteger(health.openIncidents, i18n.language)}
                      </Box>
                    ) : (
                      formatInteger(0, i18n.language)
                    ),
                },
                {
                  label: t('quality.lastChecked'),
                  value: health.lastCheckedAt ? <TimeAgo at={health.lastCheckedAt} /> : '–',
                },
                {
                  label: t('quality.ofVersion'),
                  value: currentVersion ? t('version.title', { number: currentVersion.number }) : t('quality.newestChecked'),
                },
                { label: t('quality.publishing'), value: autoPublish ? t('quality.byItself') : t('quality.byHand') },
              ]}
            />
          ) : (
            <Typography color="textSecondary">{t('quality.unchecked')}</Typography>
          )}
        </Box>
        <Stack direction="row" spacing={1} sx={{ flexShrink: 0 }}>
          {actions}
        </Stack>
      </Stack>
    </Paper>
  )
}

const RADIUS = 27
const ROUND = 2 * Math.PI * RADIUS

/** The score as a part of a ring, with its number inside. */
function ScoreRing({ score, color }: { score: number | null; color: string }) {
  const { t, i18n } = useTranslation()
  const text = score === null ? '–' : formatFraction(score, i18n.language)
  return (
    <Box sx={{ position: 'relative', width: 68, height: 68 }}>
      <Box component="svg" role="img" aria-label={t('quality.scoreOf', { score: text })} viewBox="0 0 68 68" sx={{ color }}>
        <Box component="circle" cx={34} cy={34} r={RADIUS} sx={{ fill: 'none', stroke: 'divider', strokeWidth: 7, color: 'divider' }} stroke="currentColor" />
        <circle
          cx={34}
          cy={34}
          r={RADIUS}
          fill="none"
          stroke="currentColor"
          strokeWidth={7}
          strokeLinecap="round"
          strokeDasharray={`${(score ?? 0) * ROUND} ${ROUND}`}
          transform="rotate(-90 34 34)"
          visibility={score ? 'visible' : 'hidden'}
        />
      </Box>
      <Box
        aria-hidden
        sx={{ position: 'absolute', inset: 0, display: 'grid', placeItems: 'center', fontWeight: 650, fontSize: '0.8125rem' }}
      >
        {text}
      </Box>
    </Box>
  )
}
