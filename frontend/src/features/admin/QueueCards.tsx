import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { FactList } from '../../components/FactList'
import { TimeAgo } from '../../components/TimeAgo'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatInteger } from '../../lib/format'

const QueueCards_queue = graphql(`
  fragment QueueCards_queue on TaskQueue {
    name
    readyCount
    delayedCount
    queuedCount
    runningCount
    deadCount
    succeededCount
    workerCount
    waitingSince
  }
`)

const KNOWN = ['interactive', 'small', 'heavy', 'outbound'] as const

/** How much waits in each queue. */
export function QueueCards(props: { queues: readonly FragmentType<typeof QueueCards_queue>[] | undefined }) {
  const { t } = useTranslation()
  const queues = props.queues && readFragment(QueueCards_queue, props.queues)
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 340px), 1fr))' }}>
      {queues
        ? queues.map((queue) => <QueueCard key={queue.name} queue={queue} />)
        : [0, 1].map((one) => <Skeleton key={one} variant="rounded" height={168} role="progressbar" aria-label={t('loading')} />)}
    </Box>
  )
}

function QueueCard({ queue }: { queue: ReturnType<typeof readQueue> }) {
  const { t, i18n } = useTranslation()
  const titleId = useId()
  const amount = (count: number) => formatInteger(count, i18n.language)
  const known = KNOWN.find((one) => one === queue.name)
  return (
    <Paper variant="outlined" component="section" aria-labelledby={titleId} sx={{ p: 2.5 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 1.5 }}>
        <Typography id={titleId} variant="h2" sx={{ flexGrow: 1 }}>
          {known ? t(`admin.tasks.queues.${known}`) : queue.name}
        </Typography>
        {queue.deadCount > 0 ? (
          <Chip size="small" color="error" label={t('admin.tasks.deadCount', { count: queue.deadCount, amount: amount(queue.deadCount) })} />
        ) : (
          <Chip size="small" color="success" variant="outlined" label={t('admin.tasks.noneDead')} />
        )}
      </Box>
      <FactList
        minWidth={124}
        facts={[
          { label: t('admin.tasks.waiting'), value: amount(queue.readyCount + queue.queuedCount) },
          { label: t('admin.tasks.running'), value: amount(queue.runningCount) },
          { label: t('admin.tasks.delayed'), value: amount(queue.delayedCount) },
          { label: t('admin.tasks.lastHour'), value: amount(queue.succeededCount) },
          {
            label: t('admin.tasks.oldest'),
            value: queue.waitingSince ? <TimeAgo at={queue.waitingSince} /> : '–',
          },
          { label: t('admin.tasks.workers'), value: amount(queue.workerCount) },
        ]}
      />
    </Paper>
  )
}

function readQueue(queue: FragmentType<typeof QueueCards_queue>) {
  return readFragment(QueueCards_queue, queue)
}
