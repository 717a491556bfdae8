import Chip from '@mui/material/Chip'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink, useSearchParams } from 'react-router'
import { TimeAgo } from '../../../components/TimeAgo'
import type { IncidentCard_incidentFragment } from '../../../gql/graphql'
import { formatInteger } from '../../../lib/format'
import { PRIORITY_COLOR } from './stages'

/** On a phone the dataset stands below the title, and the rest is in the drawer. */
const WIDE_ONLY = { display: { xs: 'none', sm: 'table-cell' } }

/** Incidents as a list: what fails, where, since when, who sees to it. */
export function IncidentTable({ incidents }: { incidents: readonly IncidentCard_incidentFragment[] }) {
  const { t, i18n } = useTranslation()
  const [search] = useSearchParams()
  const withIncident = (id: string) => {
    const next = new URLSearchParams(search)
    next.set('incident', id)
    return next.toString()
  }
  return (
    <TableContainer component={Paper} variant="outlined" tabIndex={0} role="region" aria-label={t('incidents.title')}>
      <Table>
        <TableHead>
          <TableRow>
            <TableCell>{t('incidents.what')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('incidents.dataset')}</TableCell>
            <TableCell>{t('incidents.priority')}</TableCell>
            <TableCell>{t('incidents.stage')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('incidents.assignee')}</TableCell>
            <TableCell align="right" sx={WIDE_ONLY}>
              {t('incidents.failures')}
            </TableCell>
            <TableCell sx={WIDE_ONLY}>{t('incidents.since')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {incidents.map((one) => (
            <TableRow key={one.id} hover>
              <TableCell sx={{ overflowWrap: 'anywhere', minWidth: 160 }}>
                <Link component={RouterLink} to={{ search: withIncident(one.id) }} color="textPrimary" underline="hover" sx={{ fontWeight: 600 }}>
                  <bdi>{one.title}</bdi>
                </Link>
                <Typography variant="body2" color="textSecondary" sx={{ display: { sm: 'none' } }}>
                  <bdi>{one.dataset.name}</bdi>
                </Typography>
              </TableCell>
              <TableCell sx={{ ...WIDE_ONLY, overflowWrap: 'anywhere', minWidth: 140 }}>
                <Link component={RouterLink} to={`/datasets/${one.dataset.slug}/quality`} underline="hover">
                  <bdi>{one.dataset.name}</bdi>
                </Link>
              </TableCell>
              <TableCell>
                <Chip size="small" variant="outlined" color={PRIORITY_COLOR[one.priority]} label={t(`incidentPriority.${one.priority}`)} />
              </TableCell>
              <TableCell>{one.state === 'RESOLVED' ? t('incidentState.RESOLVED') : t(`incidentStage.${one.stage}`)}</TableCell>
              <TableCell sx={WIDE_ONLY}>{one.assignee?.displayName ?? t('incidents.nobody')}</TableCell>
              <TableCell align="right" sx={WIDE_ONLY}>
                {formatInteger(one.failureCount, i18n.language)}
              </TableCell>
              <TableCell sx={{ ...WIDE_ONLY, whiteSpace: 'nowrap' }}>
                <TimeAgo at={one.startedAt} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  )
}
