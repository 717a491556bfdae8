import GavelIcon from '@mui/icons-material/Gavel'
import Box from '@mui/material/Box'
import Link from '@mui/material/Link'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { QualityStatusChip } from '../../../components/quality/QualityStatusChip'
import { useMeasureText } from '../../../components/quality/useMeasureText'
import { TimeAgo } from '../../../components/TimeAgo'
import { graphql, readFragment, type FragmentType } from '../../../gql'
import { HistoryBars } from './HistoryBars'
import { useRuleTypeTitle } from './useRuleTypeText'

const RuleRow_rule = graphql(`
  fragment RuleRow_rule on QualityRule {
    id
    name
    type
    fieldPaths
    severity
    enabled
    blocksPublication
    lastResult {
      status
      metricName
      value
      operator
      threshold
      upperThreshold
      checkedAt
    }
    recentResults(first: 12) {
      status
      checkedAt
    }
  }
`)

interface RuleRowProps {
  rule: FragmentType<typeof RuleRow_rule>
  /** Address of all about the rule. */
  to: { search: string }
  /** The switch and the menu. */
  actions: ReactNode
}

/** A rule in the list: what it found last, what it is about, its history. */
export function RuleRow({ rule: masked, to, actions }: RuleRowProps) {
  const { t } = useTranslation()
  const rule = readFragment(RuleRow_rule, masked)
  const typeTitle = useRuleTypeTitle()
  const measure = useMeasureText()
  const last = rule.lastResult
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        alignItems: 'center',
        columnGap: 2,
        rowGap: 1,
        px: 2.5,
        py: 1.5,
        borderBottom: 1,
        borderColor: 'divider',
        '&:last-of-type': { borderBottom: 0 },
        '&:hover': { bgcolor: 'action.hover' },
        gridTemplateColumns: { xs: 'minmax(0, 1fr) auto', md: '112px minmax(0, 1fr) 100px 190px auto' },
      }}
    >
      <Box sx={{ gridRow: { xs: 1, md: 'auto' }, gridColumn: { xs: 1, md: 'auto' } }}>
        {rule.enabled ? <QualityStatusChip status={last?.status ?? null} /> : <Typography variant="body2" color="textSecondary">{t('quality.disabled')}</Typography>}
      </Box>
      <Box sx={{ minWidth: 0, gridRow: { xs: 2, md: 'auto' }, gridColumn: { xs: '1 / -1', md: 'auto' } }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75, minWidth: 0 }}>
          <Link component={RouterLink} to={to} underline="hover" color="textPrimary" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
            <bdi>{rule.name}</bdi>
          </Link>
          {rule.blocksPublication && (
            <Tooltip title={t('quality.blocks')}>
              <GavelIcon role="img" aria-label={t('quality.blocks')} sx={{ fontSize: 17, color: 'text.secondary' }} />
            </Tooltip>
          )}
        </Box>
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {typeTitle(rule.type)}
          {rule.fieldPaths.length > 0 && ` · ${rule.fieldPaths.join(', ')}`}
          {` · ${t(`severity.${rule.severity}`)}`}
        </Typography>
      </Box>
      <Box sx={{ display: { xs: 'none', md: 'block' } }}>
        <HistoryBars results={rule.recentResults} />
      </Box>
      <Box sx={{ minWidth: 0, gridRow: { xs: 3, md: 'auto' }, gridColumn: { xs: '1 / -1', md: 'auto' } }}>
        {last && (
          <>
            <Typography variant="body2">
              <b>{measure.value(last.value, last.metricName)}</b>{' '}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {last.operator && t('quality.expected', { expected: measure.expectation(last, last.metricName) })}
              </Box>
            </Typography>
            <Typography variant="caption" color="textSecondary">
              <TimeAgo at={last.checkedAt} />
            </Typography>
          </>
        )}
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', justifySelf: 'end', gridRow: { xs: 1, md: 'auto' }, gridColumn: { xs: 2, md: 'auto' } }}>
        {actions}
      </Box>
    </Box>
  )
}
