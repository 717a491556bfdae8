import { useMutation, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Link from '@mui/material/Link'
import MenuItem from '@mui/material/MenuItem'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { ErrorState } from '../../../components/ErrorState'
import { FactList } from '../../../components/FactList'
import { SideDrawer } from '../../../components/SideDrawer'
import { TimeAgo } from '../../../components/TimeAgo'
import { useDraft } from '../../../components/useDraft'
import { Needs, ViewerLevelProvider } from '../../../components/ViewerLevel'
import { graphql } from '../../../gql'
import type { IncidentDrawerQuery } from '../../../gql/graphql'
import { formatInteger } from '../../../lib/format'
import { ResultDetails } from '../runs/ResultDetails'
import { RunQualityChecks } from '../rules/ruleOperations'
import { useAttempt } from '../useAttempt'
import { CommentIncident, UpdateIncident } from './incidentOperations'
import { MuteButton } from './MuteButton'
import { STAGES } from './stages'

const IncidentDrawerIncident = graphql(`
  query IncidentDrawer($id: ID!) {
    node(id: $id) {
      id
      ... on Incident {
        ...IncidentCard_incident
        title
        state
        stage
        failureCount
        reopenedCount
        startedAt
        resolvedAt
        mutedUntil
        assignee {
          id
          displayName
        }
        dataset {
          id
          name
          slug
          viewerLevel
        }
        rule {
          id
          name
          deleted
          recentResults(first: 1) {
            version {
              id
              number
            }
            ...ResultDetails_result
          }
        }
        version {
          id
          number
        }
        comments {
          text
          createdAt
          author {
            id
            displayName
          }
        }
      }
    }
    users(first: 100) {
      edges {
        cursor
        node {
          id
          displayName
          active
        }
      }
    }
  }
`)

type Incident = Extract<NonNullable<IncidentDrawerQuery['node']>, { stage: unknown }>

function isText(kept: unknown): kept is string {
  return typeof kept === 'string'
}

interface IncidentDrawerProps {
  incidentId: string
  onClose: () => void
}

/** All about one incident: what fails and how, who sees to it, what was said. */
export default function IncidentDrawer({ incidentId, onClose }: IncidentDrawerProps) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(IncidentDrawerIncident, {
    variables: { id: incidentId },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const incident = data?.node && 'stage' in data.node ? data.node : null
  const people = (data?.users.edges ?? []).map(({ node }) => node).filter(({ active }) => active)
  return (
    <SideDrawer
      width={600}
      onClose={onClose}
      heading={<Typography variant="h2">{incident ? <bdi>{incident.title}</bdi> : t('incidents.one')}</Typography>}
      detail={
        incident && (
          <Link component={RouterLink} to={`/datasets/${incident.dataset.slug}/quality`} variant="body2">
            <bdi>{incident.dataset.name}</bdi>
          </Link>
        )
      }
    >
      <Stack spacing={3}>
        {error && !data && <ErrorState title={t('incidents.oneFailed')} error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />}
        {data && !incident && <Typography color="textSecondary">{t('incidents.gone')}</Typography>}
        {incident && (
          <ViewerLevelProvider value={incident.dataset.viewerLevel}>
            <IncidentBody key={incident.id} incident={incident} people={people} />
          </ViewerLevelProvider>
        )}
      </Stack>
    </SideDrawer>
  )
}

interface IncidentBodyProps {
  incident: Incident
  people: readonly { id: string; displayName: string }[]
}

function IncidentBody({ incident, people }: IncidentBodyProps) {
  const { t, i18n } = useTranslation()
  const { attempt, problem } = useAttempt()
  const [update, updating] = useMutation(UpdateIncident)
  const [comment, commenting] = useMutation(CommentIncident)
  const [run, running] = useMutation(RunQualityChecks)
  const [text, setText] = useDraft(`incident.${incident.id}`, isText)
  const { id, dataset, rule, version } = incident
  const [last] = rule.recentResults

  const change = (changes: { stage?: Incident['stage']; assigneeId?: string; mutedUntil?: string | null }) =>
    attempt(async () => (await update({ variables: { input: { id, ...changes } } })).data?.updateIncident.errors)

  async function say(event: FormEvent) {
    event.preventDefault()
    const done = await attempt(
      async () => (await comment({ variables: { input: { id, text: text ?? '' } } })).data?.commentIncident.errors,
    )
    if (done) setText(null)
  }

  const assigned = incident.assignee
  const options = assigned && people.every((one) => one.id !== assigned.id) ? [assigned, ...people] : people
  return (
    <>
      {problem && <Alert severity="error">{problem}</Alert>}
      <FactList
        facts={[
          { label: t('incidents.state'), value: t(`incidentState.${incident.state}`) },
          { label: t('incidents.since'), value: <TimeAgo at={incident.startedAt} /> },
          ...(incident.resolvedAt ? [{ label: t('incidents.resolved'), value: <TimeAgo at={incident.resolvedAt} /> }] : []),
          { label: t('incidents.failures'), value: formatInteger(incident.failureCount, i18n.language) },
          { label: t('incidents.reopened'), value: formatInteger(incident.reopenedCount, i18n.language) },
        ]}
      />
      <Needs level="WRITE">
        {(disabled) => (
          <Box sx={{ display: 'grid', width: 1, gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 1fr) minmax(0, 1fr)' } }}>
            <TextField
              select
              size="small"
              label={t('incidents.stage')}
              value={incident.stage}
              disabled={disabled}
              onChange={(event) => void change({ stage: STAGES.find((one) => one === event.target.value) ?? incident.stage })}
            >
              {STAGES.map((stage) => (
                <MenuItem key={stage} value={stage}>
                  {t(`incidentStage.${stage}`)}
                </MenuItem>
              ))}
            </TextField>
            <Autocomplete
              size="small"
              disableClearable
              disabled={disabled}
              options={options}
              value={assigned ?? { id: '', displayName: '' }}
              getOptionLabel={({ displayName }) => displayName}
              getOptionKey={(option) => option.id}
              isOptionEqualToValue={(left, right) => left.id === right.id}
              onChange={(_event, person) => void change({ assigneeId: person.id })}
              renderInput={(params) => <TextField {...params} label={t('incidents.assignee')} />}
            />
          </Box>
        )}
      </Needs>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
        <Needs level="WRITE">
          {(disabled) => (
            <Button
              size="small"
              variant="contained"
              disabled={disabled || rule.deleted}
              loading={running.loading}
              onClick={() =>
                attempt(
                  async () =>
                    (await run({ variables: { input: { versionId: version.id, ruleIds: [rule.id], keepFailedRows: true } } })).data
                      ?.runQualityChecks.errors,
                )
              }
            >
              {t('incidents.checkAgain')}
            </Button>
          )}
        </Needs>
        <Needs level="WRITE">
          {(disabled) => (
            <Button
              size="small"
              variant="outlined"
              disabled={disabled || incident.stage === 'FIXED'}
              loading={updating.loading}
              onClick={() => change({ stage: 'FIXED' })}
            >
              {t('incidents.markFixed')}
            </Button>
          )}
        </Needs>
        <Needs level="WRITE">
          {(disabled) => (
            <MuteButton mutedUntil={incident.mutedUntil} disabled={disabled} onMute={(until) => void change({ mutedUntil: until })} />
          )}
        </Needs>
      </Stack>
      <Typography variant="body2" color="textSecondary">
        {t('incidents.resolvesItself')}
      </Typography>
      <section>
        <Typography variant="h3" sx={{ mb: 1.5 }}>
          {last ? t('quality.lastResultOn', { number: last.version.number }) : t('quality.lastResult')}
        </Typography>
        {last ? (
          <ResultDetails result={last} versionHref={`/datasets/${dataset.slug}/data?version=${last.version.number}`} />
        ) : (
          <Typography color="textSecondary">{t('quality.notRun')}</Typography>
        )}
        <Button size="small" component={RouterLink} to={`/datasets/${dataset.slug}/quality?rule=${encodeURIComponent(rule.id)}`} sx={{ mt: 1.5 }}>
          {t('incidents.toRule')}
        </Button>
      </section>
      <section>
        <Typography variant="h3" sx={{ mb: 1 }}>
          {t('incidents.comments')}
        </Typography>
        <Stack component="ol" spacing={1.5} sx={{ listStyle: 'none', m: 0, p: 0, mb: 2 }}>
          {incident.comments.map((one, index) => (
            <Box component="li" key={`${one.createdAt}${index}`} sx={{ borderInlineStart: 3, borderColor: 'divider', pl: 1.5 }}>
              <Typography variant="body2" color="textSecondary">
                {one.author?.displayName ?? t('incidents.nobody')} · <TimeAgo at={one.createdAt} />
              </Typography>
              <Typography sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                <bdi>{one.text}</bdi>
              </Typography>
            </Box>
          ))}
        </Stack>
        <Needs level="WRITE">
          {(disabled) => (
            <Stack component="form" onSubmit={say} spacing={1} sx={{ width: 1 }}>
              <TextField
                size="small"
                label={t('incidents.comment')}
                value={text ?? ''}
                disabled={disabled}
                multiline
                minRows={2}
                fullWidth
                slotProps={{ htmlInput: { maxLength: 10_000 } }}
                onChange={(event) => setText(event.target.value)}
              />
              <Button type="submit" size="small" variant="outlined" loading={commenting.loading} disabled={disabled || (text ?? '').trim() === ''} sx={{ alignSelf: 'flex-start' }}>
                {t('incidents.say')}
              </Button>
            </Stack>
          )}
        </Needs>
      </section>
    </>
  )
}
