import { useQuery } from '@apollo/client/react'
import TaskAltIcon from '@mui/icons-material/TaskAlt'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { useAddressParams } from '../../components/useAddressParams'
import { graphql } from '../../gql'
import type { TaskState } from '../../gql/graphql'
import { ListFrame } from './ListFrame'
import { QueueCards } from './QueueCards'
import { SectionFrame } from './SectionFrame'
import { TaskRow } from './TaskRow'

const TasksSectionTasks = graphql(`
  query TasksSection($first: Int!, $after: String, $filter: TaskFilter) {
    taskQueues {
      ...QueueCards_queue
    }
    tasks(first: $first, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          id
          ...TaskRow_task
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const PAGE_SIZE = 50
/** Queues move all the time, and nobody is told of it: the page looks again. */
const LOOK_EVERY_MS = 5_000
const VIEWS = { dead: ['DEAD'], live: ['READY', 'QUEUED', 'RUNNING'], done: ['SUCCEEDED', 'CANCELLED'] } as const satisfies Record<
  string,
  readonly TaskState[]
>
type View = keyof typeof VIEWS
const NAMES: readonly View[] = ['dead', 'live', 'done']

/** The work that waits, is done, and was given up. */
export default function TasksSection() {
  const { t } = useTranslation()
  const [read, change] = useAddressParams()
  const view = NAMES.find((one) => one === read('view')) ?? 'dead'
  const { data, error, loading, refetch, fetchMore } = useQuery(TasksSectionTasks, {
    variables: { first: PAGE_SIZE, filter: { states: [...VIEWS[view]] } },
    fetchPolicy: 'cache-and-network',
    pollInterval: LOOK_EVERY_MS,
    skipPollAttempt: () => document.hidden,
  })
  const { edges, pageInfo } = data?.tasks ?? {}
  return (
    <SectionFrame title={t('admin.sections.tasks')} lead={t('admin.tasks.lead')}>
      {(data ?? !error) && <QueueCards queues={data?.taskQueues} />}
      <ToggleButtonGroup
        exclusive
        size="small"
        color="primary"
        aria-label={t('admin.tasks.show')}
        value={view}
        onChange={(_event, next: View | null) => next && change({ view: next === 'dead' ? null : next })}
      >
        {NAMES.map((one) => (
          <ToggleButton key={one} value={one} sx={{ textTransform: 'none', px: 2 }}>
            {t(`admin.tasks.views.${one}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <ListFrame
        count={edges?.length}
        error={error}
        failed={t('admin.tasks.failed')}
        onRetry={() => void refetch()}
        loading={loading}
        onMore={pageInfo?.hasNextPage ? () => void fetchMore({ variables: { after: pageInfo.endCursor } }) : null}
        empty={
          <EmptyState icon={<TaskAltIcon />} title={t(`admin.tasks.empty.${view}`)}>
            {view === 'dead' ? t('admin.tasks.emptyLead') : null}
          </EmptyState>
        }
      >
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>{t('admin.tasks.task')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>{t('admin.tasks.state')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>{t('admin.tasks.attempts')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>{t('admin.tasks.when')}</TableCell>
              {view === 'dead' && <TableCell component="td" />}
            </TableRow>
          </TableHead>
          <TableBody>
            {edges?.map(({ node }) => (
              <TaskRow key={node.id} task={node} replayable={view === 'dead'} onReplayed={() => void refetch()} />
            ))}
          </TableBody>
        </Table>
      </ListFrame>
    </SectionFrame>
  )
}
