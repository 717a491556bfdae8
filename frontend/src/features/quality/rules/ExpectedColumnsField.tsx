import CloseIcon from '@mui/icons-material/Close'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import FormHelperText from '@mui/material/FormHelperText'
import IconButton from '@mui/material/IconButton'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import type { LogicalType } from '../../../gql/graphql'

interface Expected {
  fieldPath: string
  logicalType?: LogicalType | null
}

const TYPES: readonly LogicalType[] = ['STRING', 'INTEGER', 'NUMBER', 'BOOLEAN', 'DATE', 'TIME', 'TIMESTAMP', 'OBJECT', 'ARRAY']

interface ExpectedColumnsFieldProps {
  label: string
  value: unknown
  columns: readonly { fieldPath: string; logicalType: LogicalType }[]
  message: string | undefined
  onChange: (value: Expected[]) => void
}

/** The columns that a table should have, with their types; those it has now are one click away. */
export function ExpectedColumnsField({ label, value, columns, message, onChange }: ExpectedColumnsFieldProps) {
  const { t } = useTranslation()
  const rows = Array.isArray(value) ? (value as Expected[]) : []
  const change = (at: number, next: Expected) => onChange(rows.map((row, index) => (index === at ? next : row)))
  return (
    <Box role="group" aria-label={label}>
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center', mb: 1 }}>
        <Typography variant="h3" component="p" sx={{ flexGrow: 1 }}>
          {label}
        </Typography>
        <Button
          size="small"
          disabled={columns.length === 0}
          onClick={() => onChange(columns.map(({ fieldPath, logicalType }) => ({ fieldPath, logicalType })))}
        >
          {t('quality.form.takeColumns')}
        </Button>
        <Button size="small" onClick={() => onChange([...rows, { fieldPath: '', logicalType: null }])}>
          {t('quality.form.addColumn')}
        </Button>
      </Stack>
      <Stack spacing={1} sx={{ maxHeight: 260, overflowY: 'auto', pt: 0.5 }}>
        {rows.map((row, index) => (
          <Stack key={index} direction="row" spacing={1}>
            <TextField
              size="small"
              fullWidth
              value={row.fieldPath}
              slotProps={{ htmlInput: { 'aria-label': t('quality.form.columnName', { position: index + 1 }) } }}
              onChange={(event) => change(index, { ...row, fieldPath: event.target.value })}
            />
            <TextField
              select
              size="small"
              value={row.logicalType ?? ''}
              sx={{ minWidth: 140 }}
              slotProps={{ select: { displayEmpty: true, SelectDisplayProps: { 'aria-label': t('quality.form.columnType', { position: index + 1 }) } } }}
              onChange={(event) => change(index, { ...row, logicalType: TYPES.find((one) => one === event.target.value) ?? null })}
            >
              <MenuItem value="">{t('quality.form.anyType')}</MenuItem>
              {TYPES.map((one) => (
                <MenuItem key={one} value={one}>
                  {t(`logicalType.${one}`)}
                </MenuItem>
              ))}
            </TextField>
            <IconButton
              size="small"
              aria-label={t('quality.form.removeColumn', { name: row.fieldPath })}
              onClick={() => onChange(rows.filter((_row, at) => at !== index))}
            >
              <CloseIcon fontSize="small" />
            </IconButton>
          </Stack>
        ))}
      </Stack>
      <FormHelperText error={message !== undefined}>{message}</FormHelperText>
    </Box>
  )
}
