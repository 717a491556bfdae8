import RuleIcon from '@mui/icons-material/Rule'
import AddIcon from '@mui/icons-material/Add'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { EmptyState } from '../../../components/EmptyState'
import { Needs } from '../../../components/ViewerLevel'
import type { QualityStatus, QualityTabQuery } from '../../../gql/graphql'
import { useAttempt } from '../useAttempt'
import { DeleteRuleDialog } from './DeleteRuleDialog'
import { RuleActions, type ActionableRule } from './RuleActions'
import { RuleRow } from './RuleRow'

const BackTestDialog = lazy(() => import('./BackTestDialog'))

type Rule = NonNullable<QualityTabQuery['dataset']>['qualityRules']['edges'][number]['node'] & ActionableRule

const STATUSES: readonly (QualityStatus | 'NONE')[] = ['FAIL', 'ERROR', 'WARN', 'PASS', 'SKIPPED', 'NONE']
const ORDERS = ['worst', 'newest', 'name'] as const

interface RuleListProps {
  datasetId: string
  rules: readonly Rule[]
  /** The version that is checked now; null while there is none. */
  versionId: string | null
  onAdd: () => void
  onEdit: (ruleId: string) => void
  onMore: (() => void) | null
}

const statusOf = ({ lastResult }: Rule) => lastResult?.status ?? 'NONE'

/** The rules of a dataset: those that fail first, unless the address says otherwise. */
export function RuleList({ datasetId, rules, versionId, onAdd, onEdit, onMore }: RuleListProps) {
  const { t, i18n } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const { attempt, problem, forget } = useAttempt()
  const [deleting, setDeleting] = useState<Rule | null>(null)
  const [testing, setTesting] = useState<Rule | null>(null)
  const query = search.get('q') ?? ''
  const status = STATUSES.find((one) => one === search.get('status')) ?? ''
  const order = ORDERS.find((one) => one === search.get('order')) ?? 'worst'

  function narrow(name: string, value: string) {
    setSearch(
      (before) => {
        if (value === '') before.delete(name)
        else before.set(name, value)
        return before
      },
      { replace: true },
    )
  }

  const words = query.toLocaleLowerCase(i18n.language)
  const shown = rules
    .filter((rule) => status === '' || statusOf(rule) === status)
    .filter(({ name, type, fieldPaths }) =>
      [name, type, ...fieldPaths].some((text) => text.toLocaleLowerCase(i18n.language).includes(words)),
    )
  if (order === 'worst') {
    // What is switched off fails nobody.
    const rank = (rule: Rule) => STATUSES.indexOf(statusOf(rule)) + (rule.enabled ? 0 : STATUSES.length)
    shown.sort((left, right) => rank(left) - rank(right))
  } else if (order === 'name') {
    shown.sort((left, right) => left.name.localeCompare(right.name, i18n.language))
  }

  if (rules.length === 0) {
    return (
      <Paper variant="outlined">
        <EmptyState
          icon={<RuleIcon />}
          title={t('quality.noRules')}
          action={
            <Needs level="WRITE">
              {(disabled) => (
                <Button variant="contained" startIcon={<AddIcon />} disabled={disabled} onClick={onAdd}>
                  {t('quality.addFirst')}
                </Button>
              )}
            </Needs>
          }
        >
          {t('quality.noRulesLead')}
        </EmptyState>
      </Paper>
    )
  }
  return (
    <Stack spacing={2}>
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr 1fr', sm: 'minmax(0, 1fr) 180px 180px' } }}>
        <TextField
          size="small"
          type="search"
          label={t('quality.searchRules')}
          value={query}
          onChange={(event) => narrow('q', event.target.value)}
          sx={{ gridColumn: { xs: '1 / -1', sm: 'auto' }, bgcolor: 'background.paper' }}
        />
        <TextField
          select
          size="small"
          label={t('quality.status')}
          value={status}
          onChange={(event) => narrow('status', event.target.value)}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          sx={{ bgcolor: 'background.paper' }}
        >
          <MenuItem value="">{t('quality.anyStatus')}</MenuItem>
          {STATUSES.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`qualityStatus.${one}`)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          size="small"
          label={t('quality.order')}
          value={order}
          onChange={(event) => narrow('order', event.target.value === 'worst' ? '' : event.target.value)}
          sx={{ bgcolor: 'background.paper' }}
        >
          {ORDERS.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`quality.orders.${one}`)}
            </MenuItem>
          ))}
        </TextField>
      </Box>
      {problem && (
        <Alert severity="error" onClose={forget}>
          {problem}
        </Alert>
      )}
      {shown.length === 0 ? (
        <EmptyState icon={<RuleIcon />} title={t('quality.noRuleMatches')} />
      ) : (
        <Paper variant="outlined" component="ul" aria-label={t('quality.rules')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {shown.map((rule) => (
            <RuleRow
              key={rule.id}
              rule={rule}
              to={{ search: withRule(search, rule.id) }}
              actions={
                <RuleActions
                  rule={rule}
                  versionId={versionId}
                  attempt={attempt}
                  onEdit={() => onEdit(rule.id)}
                  onBackTest={() => setTesting(rule)}
                  onDelete={() => setDeleting(rule)}
                />
              }
            />
          ))}
        </Paper>
      )}
      {onMore && (
        <Button onClick={onMore} sx={{ alignSelf: 'center' }}>
          {t('more')}
        </Button>
      )}
      {deleting && <DeleteRuleDialog rule={deleting} onClose={() => setDeleting(null)} />}
      {testing && (
        <Suspense>
          <BackTestDialog datasetId={datasetId} title={testing.name} what={{ ruleIds: [testing.id] }} onClose={() => setTesting(null)} />
        </Suspense>
      )}
    </Stack>
  )
}

function withRule(search: URLSearchParams, ruleId: string): string {
  const next = new URLSearchParams(search)
  next.set('rule', ruleId)
  return next.toString()
}
