import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import Paper from '@mui/material/Paper'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LogicalType } from '../../gql/graphql'
import { formatInteger } from '../../lib/format'
import { DataCell } from './DataCell'

const NUMERIC: readonly LogicalType[] = ['INTEGER', 'NUMBER']

interface RowsTableProps {
  columns: readonly { name: string; type: LogicalType }[]
  rows: readonly (readonly unknown[])[]
  /** Rows before the first that is shown. */
  offset: number
  busy: boolean
}

/** A page of the data itself. */
export function RowsTable({ columns, rows, offset, busy }: RowsTableProps) {
  const { t, i18n } = useTranslation()
  const [whole, setWhole] = useState<string | null>(null)
  return (
    <>
      <TableContainer
        component={Paper}
        variant="outlined"
        tabIndex={0}
        aria-label={t('data.title')}
        role="region"
        sx={{ maxHeight: 'max(360px, calc(100vh - 330px))', opacity: busy ? 0.6 : 1, transition: 'opacity 120ms' }}
      >
        <Table size="small" stickyHeader aria-busy={busy} sx={{ '& td, & th': { whiteSpace: 'nowrap' } }}>
          <TableHead>
            <TableRow>
              <TableCell align="right" aria-label={t('data.rowNumber')}>
                #
              </TableCell>
              {columns.map(({ name, type }) => (
                <TableCell key={name} align={NUMERIC.includes(type) ? 'right' : 'left'} title={t(`logicalType.${type}`)}>
                  {name}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map((row, index) => (
              <TableRow key={offset + index} hover>
                <TableCell component="th" scope="row" align="right" sx={{ color: 'text.secondary' }}>
                  {formatInteger(offset + index + 1, i18n.language)}
                </TableCell>
                {columns.map(({ name, type }, column) => (
                  <TableCell key={name} align={NUMERIC.includes(type) ? 'right' : 'left'}>
                    <DataCell value={row[column]} onShowAll={setWhole} />
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <Dialog open={whole !== null} onClose={() => setWhole(null)} maxWidth="md" fullWidth>
        <DialogContent sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{whole}</DialogContent>
        <DialogActions>
          <Button onClick={() => setWhole(null)}>{t('close')}</Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
