import { useQuery } from '@apollo/client/react'
import TaskAltIcon from '@mui/icons-material/TaskAlt'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import FormControlLabel from '@mui/material/FormControlLabel'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { useDatasetEvents } from '../../../components/useDatasetEvents'
import { graphql, readFragment } from '../../../gql'
import { useRunEvents } from '../useRunEvents'
import { IncidentBoard } from './IncidentBoard'
import { IncidentCard_incident } from './incidentOperations'
import { IncidentTable } from './IncidentTable'

const IncidentDrawer = lazy(() => import('./IncidentDrawer'))

const IncidentsQuery = graphql(`
  query Incidents($filter: IncidentFilter, $after: String) {
    viewer {
      id
    }
    incidents(first: 100, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          id
          ...IncidentCard_incident
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

interface IncidentsProps {
  as: 'list' | 'board'
}

/** What fails now in all datasets that one may see. */
export function Incidents({ as }: IncidentsProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  useRunEvents(null)
  // Somebody else may move a card, take an incident or say something about it.
  useDatasetEvents(null)
  const datasetId = search.get('dataset')
  const assigneeId = search.get('assignee')
  const resolvedToo = search.get('state') === 'all'
  const { data, error, refetch, fetchMore } = useQuery(IncidentsQuery, {
    variables: { filter: { state: resolvedToo ? null : ['ACTIVE' as const], datasetId, assigneeId } },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const open = search.get('incident')

  function set(name: string, value: string | null) {
    setSearch((before) => {
      if (value === null) before.delete(name)
      else before.set(name, value)
      return before
    })
  }

  const found = data?.incidents
  const incidents = found ? readFragment(IncidentCard_incident, found.edges.map(({ node }) => node)) : []
  const me = data?.viewer?.id ?? null
  return (
    <Stack spacing={2}>
      <Stack direction="row" spacing={2} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <FormControlLabel
          sx={{ ml: 0, gap: 0.5 }}
          control={<Switch size="small" checked={assigneeId !== null} disabled={me === null} onChange={(_event, on) => set('assignee', on ? me : null)} />}
          label={t('incidents.mine')}
        />
        <FormControlLabel
          sx={{ ml: 0, gap: 0.5 }}
          control={<Switch size="small" checked={resolvedToo} onChange={(_event, on) => set('state', on ? 'all' : null)} />}
          label={t('incidents.resolvedToo')}
        />
        {datasetId !== null && <Chip label={t('incidents.oneDataset')} onDelete={() => set('dataset', null)} />}
      </Stack>
      {error && !data && <ErrorState title={t('incidents.failed')} error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />}
      {found && incidents.length === 0 && (
        <Paper variant="outlined">
          <EmptyState icon={<TaskAltIcon />} title={t('incidents.none')}>
            {t('incidents.noneLead')}
          </EmptyState>
        </Paper>
      )}
      {incidents.length > 0 && (as === 'board' ? <IncidentBoard incidents={incidents} /> : <IncidentTable incidents={incidents} />)}
      {found?.pageInfo.hasNextPage && (
        <Button sx={{ alignSelf: 'center' }} onClick={() => void fetchMore({ variables: { after: found.pageInfo.endCursor } })}>
          {t('more')}
        </Button>
      )}
      {open !== null && (
        <Suspense>
          <IncidentDrawer incidentId={open} onClose={() => set('incident', null)} />
        </Suspense>
      )}
    </Stack>
  )
}
