import Alert from '@mui/material/Alert'
import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatSigned, formatSignedPercent, formatStatistic } from '../../lib/format'
import { cutText } from './cutText'

const ComparisonResult_comparison = graphql(`
  fragment ComparisonResult_comparison on VersionComparison {
    compatibility
    rowCountChange
    schemaChanges {
      fieldPath
      change
      before
      after
      breaking
    }
    profileChanges {
      fieldPath
      statistic
      before
      after
      relativeChange
    }
  }
`)

const SEVERITIES = {
  EXACT_MATCH: 'success',
  SUPERSET: 'info',
  SUBSET: 'warning',
  INCOMPATIBLE: 'warning',
} as const

const STATISTICS = ['nulls', 'distinct', 'min', 'max', 'mean', 'median', 'stddev'] as const

interface ComparisonResultProps {
  comparison: FragmentType<typeof ComparisonResult_comparison>
  /** What the checks said, shown before what the data is like. */
  verdict: ReactNode
}

/** What differs between two versions: rows, verdict, columns, and how the values of each column spread. */
export function ComparisonResult(props: ComparisonResultProps) {
  const { t, i18n } = useTranslation()
  const comparison = readFragment(ComparisonResult_comparison, props.comparison)
  const { compatibility, rowCountChange, schemaChanges, profileChanges } = comparison
  // The server may know more statistics than this page has names for.
  const nameOf = (statistic: string) => {
    const known = STATISTICS.find((one) => one === statistic)
    return known ? t(`statistic.${known}`) : statistic
  }
  const valueOf = (value: unknown) => {
    if (typeof value === 'number') return formatStatistic(value, i18n.language)
    return typeof value === 'string' ? cutText(value) : '–'
  }
  return (
    <Stack spacing={2}>
      <Alert severity={rowCountChange < 0 && compatibility === 'EXACT_MATCH' ? 'warning' : SEVERITIES[compatibility]}>
        {t(`compatibility.${compatibility}`)}{' '}
        {rowCountChange === 0
          ? t('compare.sameRowCount')
          : t('compare.rowCountChange', { change: formatSigned(rowCountChange, i18n.language) })}
      </Alert>
      {props.verdict}
      <Typography variant="h3">{t('compare.schemaChanges')}</Typography>
      {schemaChanges.length === 0 ? (
        <Typography color="textSecondary">{t('compare.noSchemaChanges')}</Typography>
      ) : (
        <TableContainer component={Paper} variant="outlined">
          <Table size="small">
            <TableHead>
              <TableRow>
                <TableCell>{t('compare.field')}</TableCell>
                <TableCell>{t('compare.change')}</TableCell>
                <TableCell>{t('compare.before')}</TableCell>
                <TableCell>{t('compare.after')}</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {schemaChanges.map((change) => (
                <TableRow key={`${change.fieldPath} ${change.change}`}>
                  <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                    {change.fieldPath}
                  </TableCell>
                  <TableCell>
                    {t(`schemaChange.${change.change}`)}{' '}
                    {change.breaking && <Chip size="small" color="warning" label={t('compare.breaking')} />}
                  </TableCell>
                  <TableCell>{change.before ?? '–'}</TableCell>
                  <TableCell>{change.after ?? '–'}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </TableContainer>
      )}
      <Typography variant="h3">{t('compare.profileChanges')}</Typography>
      {profileChanges.length === 0 ? (
        <Typography color="textSecondary">{t('compare.noProfileChanges')}</Typography>
      ) : (
        <TableContainer
          component={Paper}
          variant="outlined"
          // Scrolls, so the keyboard has to reach it.
          tabIndex={0}
          role="region"
          aria-label={t('compare.profileChanges')}
          sx={{ maxHeight: 480 }}
        >
          <Table size="small" stickyHeader sx={{ '& thead th': { bgcolor: 'background.paper' } }}>
            <TableHead>
              <TableRow>
                <TableCell>{t('compare.field')}</TableCell>
                <TableCell>{t('compare.statistic')}</TableCell>
                <TableCell align="right">{t('compare.before')}</TableCell>
                <TableCell align="right">{t('compare.after')}</TableCell>
                <TableCell align="right">{t('compare.relativeChange')}</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {profileChanges.map((change) => (
                <TableRow key={`${change.fieldPath} ${change.statistic}`}>
                  <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                    {change.fieldPath}
                  </TableCell>
                  <TableCell>{nameOf(change.statistic)}</TableCell>
                  <TableCell align="right">{valueOf(change.before)}</TableCell>
                  <TableCell align="right">{valueOf(change.after)}</TableCell>
                  <TableCell align="right">
                    {change.relativeChange === null ? '–' : formatSignedPercent(change.relativeChange, i18n.language)}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </TableContainer>
      )}
    </Stack>
  )
}
