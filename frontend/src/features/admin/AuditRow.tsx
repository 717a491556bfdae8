import ExpandMoreIcon from '@mui/icons-material/ExpandMore'
import FilterAltIcon from '@mui/icons-material/FilterAltOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import Link from '@mui/material/Link'
import Stack from '@mui/material/Stack'
import TableCell from '@mui/material/TableCell'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { FactList } from '../../components/FactList'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { AuditRow_eventFragment } from '../../gql/graphql'
import { formatDateTime } from '../../lib/format'
import { NOUNS } from './auditConditions'

const AuditRow_event = graphql(`
  fragment AuditRow_event on AuditEvent {
    id
    sequence
    occurredAt
    action
    actorSystem
    actor {
      id
      displayName
      email
    }
    targetId
    target {
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
      ... on User {
        displayName
      }
      ... on Team {
        teamName: name
      }
    }
    ipAddress
    requestId
    sessionId
    apiKey {
      id
      name
      prefix
    }
    details
  }
`)

interface AuditRowProps {
  event: FragmentType<typeof AuditRow_event>
  onFilter: (changes: Record<string, string | null>) => void
}

/** A record of the audit trail; its particulars open below it. */
export function AuditRow(props: AuditRowProps) {
  const { t, i18n } = useTranslation()
  const event = readFragment(AuditRow_event, props.event)
  const [open, setOpen] = useState(false)
  const noun = NOUNS.find((one) => event.action.startsWith(`${one}.`))
  const who = event.actor?.displayName ?? t('admin.audit.system', { name: event.actorSystem ?? '' })
  const detailsId = `audit-${event.id}`
  return (
    <>
      <TableRow hover sx={open ? { '& td': { border: 0 } } : {}}>
        <TableCell sx={{ whiteSpace: 'nowrap', color: 'text.secondary' }}>
          <time dateTime={event.occurredAt}>{formatDateTime(event.occurredAt, i18n.language)}</time>
        </TableCell>
        <TableCell sx={{ display: { xs: 'none', md: 'table-cell' }, overflowWrap: 'anywhere' }}>
          <bdi title={event.actor?.email}>{who}</bdi>
        </TableCell>
        <TableCell>
          <Box component="span" sx={{ display: { xs: 'block', md: 'none' }, fontWeight: 600 }}>
            <bdi>{who}</bdi>
          </Box>
          <Box component="code" sx={{ fontFamily: 'monospace', fontSize: '0.8125rem', overflowWrap: 'anywhere' }}>
            {event.action}
          </Box>
          {noun && (
            <Typography component="span" variant="body2" color="textSecondary" sx={{ display: 'block' }}>
              {t(`admin.nouns.${noun}`)}
            </Typography>
          )}
        </TableCell>
        <TableCell sx={{ display: { xs: 'none', md: 'table-cell' }, overflowWrap: 'anywhere' }}>
          <Target event={event} />
        </TableCell>
        <TableCell padding="none" align="center">
          <IconButton
            size="small"
            aria-label={t('admin.audit.details', { action: event.action })}
            aria-expanded={open}
            aria-controls={open ? detailsId : undefined}
            onClick={() => setOpen(!open)}
          >
            <ExpandMoreIcon sx={{ transform: open ? 'rotate(180deg)' : 'none', transition: 'transform 150ms' }} />
          </IconButton>
        </TableCell>
      </TableRow>
      {open && (
        <TableRow>
          <TableCell colSpan={5} id={detailsId} sx={{ bgcolor: 'action.hover' }}>
            <Stack spacing={1.5} sx={{ py: 1 }}>
              <FactList
                minWidth={200}
                facts={[
                  { label: t('admin.audit.target'), value: <Target event={event} /> },
                  { label: t('admin.audit.address'), value: event.ipAddress ?? '–' },
                  { label: t('admin.audit.request'), value: event.requestId ?? '–' },
                  ...(event.apiKey ? [{ label: t('admin.audit.key'), value: `${event.apiKey.name} (${event.apiKey.prefix})` }] : []),
                  { label: t('admin.audit.sequence'), value: event.sequence },
                ]}
              />
              <Box component="pre" sx={{ m: 0, fontSize: '0.8125rem', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {JSON.stringify(event.details, null, 2)}
              </Box>
              <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
                {event.actor && (
                  <Button size="small" startIcon={<FilterAltIcon />} onClick={() => props.onFilter({ actor: event.actor?.id ?? null })}>
                    {t('admin.audit.allOfActor')}
                  </Button>
                )}
                {event.apiKey && (
                  <Button size="small" startIcon={<FilterAltIcon />} onClick={() => props.onFilter({ key: event.apiKey?.id ?? null })}>
                    {t('admin.audit.allOfKey')}
                  </Button>
                )}
                {event.sessionId && (
                  <Button size="small" startIcon={<FilterAltIcon />} onClick={() => props.onFilter({ session: event.sessionId })}>
                    {t('admin.audit.allOfSession')}
                  </Button>
                )}
                {event.targetId && (
                  <Button size="small" startIcon={<FilterAltIcon />} onClick={() => props.onFilter({ target: event.targetId ?? null })}>
                    {t('admin.audit.allOfTarget')}
                  </Button>
                )}
              </Stack>
            </Stack>
          </TableCell>
        </TableRow>
      )}
    </>
  )
}

/** The object by its name where it still has one. */
function Target({ event }: { event: AuditRow_eventFragment }) {
  const { t } = useTranslation()
  const { target } = event
  switch (target?.__typename) {
    case 'Dataset':
      return (
        <Link component={RouterLink} to={`/datasets/${target.slug}`}>
          <bdi>{target.name}</bdi>
        </Link>
      )
    case 'DatasetVersion':
      return (
        <Link component={RouterLink} to={`/datasets/${target.dataset.slug}/versions`}>
          <bdi>{target.dataset.name}</bdi> · {t('version.title', { number: target.number })}
        </Link>
      )
    case 'User':
      return (
        <Link component={RouterLink} to={`/admin/users?user=${target.id}`}>
          <bdi>{target.displayName}</bdi>
        </Link>
      )
    case 'Team':
      return (
        <Link component={RouterLink} to={`/admin/teams?team=${target.id}`}>
          <bdi>{target.teamName}</bdi>
        </Link>
      )
    default:
      return <Typography component="span" variant="body2" color="textSecondary">{event.targetId ?? '–'}</Typography>
  }
}
