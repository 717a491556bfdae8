import Accordion from '@mui/material/Accordion'
import AccordionDetails from '@mui/material/AccordionDetails'
import AccordionSummary from '@mui/material/AccordionSummary'
import ExpandMoreIcon from '@mui/icons-material/ExpandMore'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatInteger } from '../../lib/format'
import { SaidText } from '../../components/SaidText'

const RejectedRows_version = graphql(`
  fragment RejectedRows_version on DatasetVersion {
    rejectedRowCount
    rejectedRows {
      line
      reason
      reasonPhrase {
        code
        params
      }
      fieldPath
      text
    }
  }
`)

/** The lines of a file that could not be read as rows, with examples; nothing when there are none. */
export function RejectedRows(props: { version: FragmentType<typeof RejectedRows_version> }) {
  const { t, i18n } = useTranslation()
  const { rejectedRowCount, rejectedRows } = readFragment(RejectedRows_version, props.version)
  if (rejectedRowCount === 0) return null
  return (
    <Accordion variant="outlined" disableGutters sx={{ '&&': { borderRadius: 1 }, borderColor: 'warning.main', '&::before': { display: 'none' } }}>
      <AccordionSummary expandIcon={<ExpandMoreIcon />}>
        <Typography sx={{ fontWeight: 600 }}>
          {t('rejected.title', {
            count: rejectedRowCount,
            amount: formatInteger(rejectedRowCount, i18n.language),
          })}
        </Typography>
      </AccordionSummary>
      <AccordionDetails sx={{ pt: 0 }}>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
          {t('rejected.lead', { count: rejectedRows.length })}
        </Typography>
        <TableContainer>
          <Table size="small">
            <TableHead>
              <TableRow>
                <TableCell align="right">{t('rejected.line')}</TableCell>
                <TableCell>{t('rejected.reason')}</TableCell>
                <TableCell>{t('rejected.field')}</TableCell>
                <TableCell>{t('rejected.text')}</TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {rejectedRows.map((row, index) => (
                <TableRow key={index}>
                  <TableCell align="right">{formatInteger(row.line, i18n.language)}</TableCell>
                  <TableCell>
                    <SaidText phrase={row.reasonPhrase}>{row.reason}</SaidText>
                  </TableCell>
                  <TableCell>{row.fieldPath ?? '–'}</TableCell>
                  <TableCell sx={{ fontFamily: 'monospace', wordBreak: 'break-all' }}>{row.text}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </TableContainer>
      </AccordionDetails>
    </Accordion>
  )
}
