import ChevronLeftIcon from '@mui/icons-material/ChevronLeft'
import ChevronRightIcon from '@mui/icons-material/ChevronRight'
import VolumeOffIcon from '@mui/icons-material/VolumeOff'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import IconButton from '@mui/material/IconButton'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink, useSearchParams } from 'react-router'
import { TimeAgo } from '../../../components/TimeAgo'
import type { IncidentCard_incidentFragment, IncidentStage } from '../../../gql/graphql'
import { formatDateTime } from '../../../lib/format'
import { isMuted } from './muting'
import { PRIORITY_COLOR, stageBeside } from './stages'

interface IncidentCardProps {
  incident: IncidentCard_incidentFragment
  onMove: (stage: IncidentStage) => void
}

/** An incident on the board; it goes from stage to stage by dragging, by its buttons, or by Alt with an arrow key. */
export function IncidentCard({ incident, onMove }: IncidentCardProps) {
  const { t, i18n } = useTranslation()
  const [search] = useSearchParams()
  const to = new URLSearchParams(search)
  to.set('incident', incident.id)
  const before = stageBeside(incident.stage, -1)
  const after = stageBeside(incident.stage, 1)
  return (
    <Paper
      component="li"
      variant="outlined"
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData('text/plain', incident.id)
        event.dataTransfer.effectAllowed = 'move'
      }}
      sx={{ p: 1.5, cursor: 'grab', '&:hover': { borderColor: 'primary.main' } }}
    >
      <Link
        component={RouterLink}
        to={{ search: to.toString() }}
        underline="hover"
        color="textPrimary"
        draggable={false}
        aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
        onKeyDown={(event) => {
          const stage = event.altKey && (event.key === 'ArrowLeft' ? before : event.key === 'ArrowRight' ? after : null)
          if (!stage) return
          event.preventDefault()
          onMove(stage)
        }}
        sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}
      >
        <bdi>{incident.title}</bdi>
      </Link>
      <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
        <bdi>{incident.dataset.name}</bdi> · {t('version.title', { number: incident.version.number })}
      </Typography>
      <Stack direction="row" spacing={0.75} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap', mt: 1 }}>
        <Chip size="small" variant="outlined" color={PRIORITY_COLOR[incident.priority]} label={t(`incidentPriority.${incident.priority}`)} />
        {incident.state === 'RESOLVED' && <Chip size="small" color="success" variant="outlined" label={t('incidentState.RESOLVED')} />}
        {isMuted(incident.mutedUntil) && incident.mutedUntil && (
          <Tooltip title={t('incidents.mutedUntil', { time: formatDateTime(incident.mutedUntil, i18n.language) })}>
            <VolumeOffIcon role="img" aria-label={t('incidents.muted')} fontSize="small" sx={{ color: 'text.secondary' }} />
          </Tooltip>
        )}
        <Typography variant="caption" color="textSecondary">
          <TimeAgo at={incident.startedAt} />
        </Typography>
      </Stack>
      <Stack direction="row" sx={{ alignItems: 'center', mt: 0.5 }}>
        <Typography variant="body2" color="textSecondary" sx={{ flexGrow: 1, overflowWrap: 'anywhere' }}>
          {incident.assignee?.displayName ?? t('incidents.nobody')}
        </Typography>
        <Box sx={{ flexShrink: 0 }}>
          {([[-1, before, <ChevronLeftIcon key="left" />], [1, after, <ChevronRightIcon key="right" />]] as const).map(([step, stage, icon]) => (
            <IconButton
              key={step}
              size="small"
              disabled={stage === null}
              aria-label={stage ? t('incidents.moveTo', { title: incident.title, stage: t(`incidentStage.${stage}`) }) : t('incidents.noFurther')}
              onClick={() => stage && onMove(stage)}
            >
              {icon}
            </IconButton>
          ))}
        </Box>
      </Stack>
    </Paper>
  )
}
