import { useQuery } from '@apollo/client/react'
import ExpandMoreIcon from '@mui/icons-material/ExpandMore'
import Accordion from '@mui/material/Accordion'
import AccordionDetails from '@mui/material/AccordionDetails'
import AccordionSummary from '@mui/material/AccordionSummary'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../../gql'
import type { LogicalType } from '../../gql/graphql'
import { ChoiceField } from './ChoiceField'
import type { ReadOptionsDraft } from './draft'

const ColumnTypesVersion = graphql(`
  query ColumnTypesField($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      number
      schemaFields {
        fieldPath
        logicalType
      }
    }
  }
`)

const OF_CELLS: readonly LogicalType[] = ['STRING', 'INTEGER', 'NUMBER', 'BOOLEAN', 'DATE', 'TIMESTAMP', 'TIME']
/** A table may have thousands of columns; more fields than this at once make the form slow. */
const SHOWN = 40

interface ColumnTypesFieldProps {
  /** The version whose columns are offered. */
  versionId: string
  types: ReadOptionsDraft['types']
  message?: string | undefined
  onChange: (types: ReadOptionsDraft['types']) => void
}

/** A type to insist on for each column of a version that was read; nothing while it has no columns. */
export function ColumnTypesField({ versionId, types, message, onChange }: ColumnTypesFieldProps) {
  const { t } = useTranslation()
  const [wanted, setWanted] = useState('')
  const { data } = useQuery(ColumnTypesVersion, { variables: { versionId } })
  const version = data?.datasetVersion
  const fields = version?.schemaFields ?? []
  if (!version || fields.length === 0) return null
  const matching = fields.filter(({ fieldPath }) => fieldPath.toLowerCase().includes(wanted.toLowerCase()))

  function choose(fieldPath: string, value: string) {
    const { [fieldPath]: _before, ...others } = types
    const type = OF_CELLS.find((one) => one === value)
    onChange(type ? { ...others, [fieldPath]: type } : others)
  }

  return (
    <Accordion
      variant="outlined"
      disableGutters
      slotProps={{ transition: { unmountOnExit: true } }}
      sx={{ '&&': { borderRadius: 1 }, '&::before': { display: 'none' } }}
    >
      <AccordionSummary expandIcon={<ExpandMoreIcon />}>
        <Typography sx={{ fontWeight: 600 }}>
          {t('readForm.types')}
          {Object.keys(types).length > 0 && ` (${Object.keys(types).length})`}
        </Typography>
      </AccordionSummary>
      {message && (
        <Alert severity="error" sx={{ mx: 2, mb: 2 }}>
          {message}
        </Alert>
      )}
      <AccordionDetails sx={{ pt: 0 }}>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 2 }}>
          {t('readForm.typesHelp', { number: version.number })}
        </Typography>
        {fields.length > SHOWN && (
          <TextField
            size="small"
            fullWidth
            type="search"
            label={t('readForm.typesFilter')}
            helperText={t('readForm.typesShown', {
              shown: Math.min(SHOWN, matching.length),
              total: fields.length,
            })}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
            sx={{ mb: 2 }}
          />
        )}
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
          {matching.slice(0, SHOWN).map(({ fieldPath, logicalType }) => (
            <ChoiceField
              key={fieldPath}
              label={fieldPath}
              value={types[fieldPath] ?? ''}
              choices={[
                { value: '', label: t('readForm.findType', { type: t(`logicalType.${logicalType}`) }) },
                ...OF_CELLS.map((type) => ({ value: type, label: t(`logicalType.${type}`) })),
              ]}
              onChange={(value) => choose(fieldPath, value)}
            />
          ))}
        </Box>
      </AccordionDetails>
    </Accordion>
  )
}
