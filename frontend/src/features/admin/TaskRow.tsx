import { useMutation } from '@apollo/client/react'
import ReplayIcon from '@mui/icons-material/Replay'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Link from '@mui/material/Link'
import TableCell from '@mui/material/TableCell'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { Reasoned } from '../../components/Reasoned'
import { TimeAgo } from '../../components/TimeAgo'
import { useProof } from '../../components/proof/useProof'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { TaskRow_taskFragment } from '../../gql/graphql'

const TaskRow_task = graphql(`
  fragment TaskRow_task on Task {
    id
    actor
    state
    attempt
    maxAttempts
    lostLeases
    lastError
    availableAt
    createdAt
    finishedAt
    replayObstacle
    args
    subject {
      __typename
      id
      ... on Dataset {
        name
        slug
      }
      ... on DatasetVersion {
        number
        dataset {
          id
          name
          slug
        }
      }
    }
  }
`)

const ReplayTask = graphql(`
  mutation ReplayTask($input: ReplayTaskInput!) {
    replayTask(input: $input) {
      task {
        id
        ...TaskRow_task
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

interface TaskRowProps {
  task: FragmentType<typeof TaskRow_task>
  /** Whether there is a column for running it again. */
  replayable: boolean
  onReplayed: () => void
}

/** A task, what it is about, and why it failed. */
export function TaskRow(props: TaskRowProps) {
  const { t } = useTranslation()
  const task = readFragment(TaskRow_task, props.task)
  const { attempt, problem, dialog } = useProof()
  const [replay, replaying] = useMutation(ReplayTask)
  return (
    <TableRow sx={{ verticalAlign: 'top' }}>
      <TableCell>
        <Box component="code" sx={{ fontFamily: 'monospace', fontSize: '0.8125rem', fontWeight: 600 }}>
          {task.actor}
        </Box>
        <Typography variant="body2">
          <Subject task={task} />
        </Typography>
        {(problem ?? task.lastError) && (
          <Typography variant="body2" color="error" role={problem ? 'alert' : undefined} sx={{ overflowWrap: 'anywhere' }}>
            {problem ?? task.lastError}
          </Typography>
        )}
      </TableCell>
      <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>{t(`admin.tasks.states.${task.state}`)}</TableCell>
      <TableCell sx={{ display: { xs: 'none', md: 'table-cell' }, whiteSpace: 'nowrap' }}>
        {t('admin.tasks.attemptOf', { attempt: task.attempt, most: task.maxAttempts })}
        {task.lostLeases > 0 && (
          <Typography variant="body2" color="textSecondary">
            {t('admin.tasks.lost', { count: task.lostLeases })}
          </Typography>
        )}
      </TableCell>
      <TableCell sx={{ display: { xs: 'none', md: 'table-cell' }, whiteSpace: 'nowrap', color: 'text.secondary' }}>
        <TimeAgo at={task.finishedAt ?? task.createdAt} />
      </TableCell>
      {props.replayable && (
        <TableCell align="right">
          <Reasoned reason={task.replayObstacle ? t(`admin.tasks.obstacles.${task.replayObstacle}`) : null}>
            {(disabled) => (
              <Button
                size="small"
                variant="outlined"
                startIcon={<ReplayIcon />}
                sx={{ whiteSpace: 'nowrap' }}
                disabled={disabled}
                loading={replaying.loading}
                aria-label={t('admin.tasks.replayNamed', { actor: task.actor })}
                onClick={() =>
                  attempt(async () => {
                    const payload = (await replay({ variables: { input: { id: task.id } } })).data?.replayTask
                    if (payload?.task) props.onReplayed()
                    return payload?.errors
                  })
                }
              >
                {t('admin.tasks.replay')}
              </Button>
            )}
          </Reasoned>
          {dialog}
        </TableCell>
      )}
    </TableRow>
  )
}

function Subject({ task }: { task: TaskRow_taskFragment }) {
  const { t } = useTranslation()
  const { subject } = task
  if (subject?.__typename === 'Dataset') {
    return (
      <Link component={RouterLink} to={`/datasets/${subject.slug}`}>
        <bdi>{subject.name}</bdi>
      </Link>
    )
  }
  if (subject?.__typename === 'DatasetVersion') {
    return (
      <Link component={RouterLink} to={`/datasets/${subject.dataset.slug}`}>
        <bdi>{subject.dataset.name}</bdi> · {t('version.title', { number: subject.number })}
      </Link>
    )
  }
  return (
    <Box component="span" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
      {JSON.stringify(task.args)}
    </Box>
  )
}
