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
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { LogicalType } from '../../gql/graphql'
import { formatInteger } from '../../lib/format'
import { DataCell } from './DataCell'

export const RowsTable_page = graphql(`
  fragment RowsTable_page on RowPage {
    columns {
      name
      type
    }
    rows
    firstRowNumber
    cutCells {
      row
      column
      length
    }
  }
`)

const NUMERIC: readonly LogicalType[] = ['INTEGER', 'NUMBER']

interface RowsTableProps {
  page: FragmentType<typeof RowsTable_page>
  busy: boolean
}

/** A page of the data itself. */
export function RowsTable(props: RowsTableProps) {
  const { t, i18n } = useTranslation()
  const [opened, setOpened] = useState<string | null>(null)
  const { columns, rows, firstRowNumber, cutCells } = readFragment(RowsTable_page, props.page)
  const fullLengths = new Map(cutCells.map(({ row, column, length }) => [`${row} ${column}`, length]))
  const alignOf = (type: LogicalType) => (NUMERIC.includes(type) ? 'right' : 'left')

  return (
    <>
      <TableContainer
        component={Paper}
        variant="outlined"
        // Scrolls in both directions, so the keyboard has to reach it.
        tabIndex={0}
        role="region"
        aria-label={t('data.title')}
        sx={{
          maxHeight: 'max(360px, calc(100vh - 340px))',
          opacity: props.busy ? 0.6 : 1,
          transition: 'opacity 120ms',
        }}
      >
        <Table size="small" stickyHeader aria-busy={props.busy} sx={{ '& td, & th': { whiteSpace: 'nowrap' }, '& thead th': { bgcolor: 'background.paper' } }}>
          <TableHead>
            <TableRow>
              <TableCell align="right" aria-label={t('data.rowNumber')}>
                #
              </TableCell>
              {columns.map(({ name, type }) => (
                <TableCell key={name} align={alignOf(type)} title={t(`logicalType.${type}`)}>
                  {name}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map((cells, row) => (
              <TableRow key={firstRowNumber + row} hover>
                <TableCell component="th" scope="row" align="right" sx={{ color: 'text.secondary' }}>
                  {formatInteger(firstRowNumber + row, i18n.language)}
                </TableCell>
                {columns.map(({ name, type }, column) => (
                  <TableCell key={name} align={alignOf(type)}>
                    <DataCell
                      value={Array.isArray(cells) ? cells[column] : null}
                      fullLength={fullLengths.get(`${row} ${column}`) ?? null}
                      onOpen={setOpened}
                    />
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <Dialog open={opened !== null} onClose={() => setOpened(null)} maxWidth="md" fullWidth>
        <DialogContent sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{opened}</DialogContent>
        <DialogActions>
          <Button onClick={() => setOpened(null)}>{t('close')}</Button>
        </DialogActions>
      </Dialog>
    </>
  )
}
