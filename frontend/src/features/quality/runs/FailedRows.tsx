import Box from '@mui/material/Box'
import Link from '@mui/material/Link'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { formatInteger } from '../../../lib/format'

interface FailedRow {
  row: number | null
  values: Record<string, unknown>
}

function asRow(given: unknown): FailedRow | null {
  if (typeof given !== 'object' || given === null) return null
  const { row, values } = given as Record<string, unknown>
  if (typeof values !== 'object' || values === null) return null
  return { row: typeof row === 'number' ? row : null, values: { ...values } }
}

/** Long values are cut: the row itself stands behind its number. */
const LONGEST = 120

function cellText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

interface FailedRowsProps {
  sample: readonly unknown[]
  /** Address of the rows of the version; null: no links. */
  versionHref: string | null
}

/** The first rows that break a rule. */
export function FailedRows({ sample, versionHref }: FailedRowsProps) {
  const { t, i18n } = useTranslation()
  const rows = sample.map(asRow).filter((one) => one !== null)
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))]
  return (
    // Reached with the keyboard, so that it can be scrolled.
    <Box role="region" aria-label={t('quality.failedRowsSample')} tabIndex={0} sx={{ overflow: 'auto', maxHeight: 320, border: 1, borderColor: 'divider', borderRadius: 1 }}>
      <Table size="small" stickyHeader>
        <TableHead>
          <TableRow>
            <TableCell>{t('quality.row')}</TableCell>
            {columns.map((one) => (
              <TableCell key={one}>
                <bdi>{one}</bdi>
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map(({ row, values }, index) => (
            <TableRow key={row ?? `no-${index}`}>
              <TableCell>
                {row !== null &&
                  (versionHref ? (
                    <Link component={RouterLink} to={`${versionHref}&row=${row}`}>
                      {formatInteger(row, i18n.language)}
                    </Link>
                  ) : (
                    formatInteger(row, i18n.language)
                  ))}
              </TableCell>
              {columns.map((one) => (
                <TableCell key={one} sx={{ maxWidth: 320, overflowWrap: 'anywhere' }}>
                  {values[one] === null || values[one] === undefined ? (
                    <Typography component="i" variant="body2" color="textSecondary">
                      {t('quality.absent')}
                    </Typography>
                  ) : (
                    <bdi>{cellText(values[one])}</bdi>
                  )}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  )
}
