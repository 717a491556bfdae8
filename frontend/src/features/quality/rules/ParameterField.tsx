import Autocomplete from '@mui/material/Autocomplete'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import MenuItem from '@mui/material/MenuItem'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'
import type { LogicalType } from '../../../gql/graphql'
import { ExpectedColumnsField } from './ExpectedColumnsField'
import { keepForm } from './keepForm'
import type { Parameter } from './parameterShape'
import { readListed } from './ruleDraft'
import { useParameterText } from './useParameterText'

interface ParameterFieldProps {
  parameter: Parameter
  value: unknown
  /** What the rule's column holds; null when there is none, or several. */
  columnType: LogicalType | null
  /** The columns of the version that the form knows. */
  columns: readonly { fieldPath: string; logicalType: LogicalType }[]
  /** What is wrong with it. */
  message: string | undefined
  onChange: (value: unknown) => void
}

/** A field for one parameter, of the kind that its JSON Schema asks for. */
export function ParameterField({ parameter, value, columnType, columns, message, onChange }: ParameterFieldProps) {
  const { t } = useTranslation()
  const { title, help, option } = useParameterText()
  const { shape, required, initial } = parameter
  const common = {
    size: 'small',
    fullWidth: true,
    label: title(parameter),
    required,
    error: message !== undefined,
    helperText: message ?? help(parameter),
  } as const
  const given = value ?? initial

  switch (shape.kind) {
    case 'flag':
      return (
        <div>
          <FormControlLabel
            control={<Switch size="small" checked={given === true} onChange={(_event, on) => onChange(on)} />}
            label={common.label}
          />
          <FormHelperText error={common.error}>{common.helperText}</FormHelperText>
        </div>
      )
    case 'choice':
      return (
        <TextField {...common} select value={typeof given === 'string' ? given : ''} onChange={(event) => onChange(event.target.value)}>
          {!required && initial === null && <MenuItem value="">{t('quality.form.none')}</MenuItem>}
          {shape.values.map((one) => (
            <MenuItem key={one} value={one}>
              {option(parameter.name, one)}
            </MenuItem>
          ))}
        </TextField>
      )
    case 'number':
      return (
        <TextField
          {...common}
          value={value === undefined || value === null ? '' : String(value)}
          placeholder={initial === null ? '' : String(initial)}
          onChange={(event) => onChange(event.target.value)}
          slotProps={{ htmlInput: { inputMode: shape.integer ? 'numeric' : 'decimal' }, inputLabel: { shrink: true } }}
        />
      )
    case 'list':
      return (
        <Autocomplete
          multiple
          freeSolo
          autoSelect
          onKeyDown={keepForm}
          options={[] as (string | number | boolean)[]}
          value={Array.isArray(given) ? (given as (string | number | boolean)[]) : []}
          getOptionLabel={String}
          onChange={(_event, next) =>
            onChange(next.map((one) => (typeof one === 'string' && !shape.ofTexts ? readListed(one, columnType) : one)))
          }
          renderInput={(params) => (
            <TextField {...params} {...common} required={false} helperText={message ?? `${help(parameter)} ${t('quality.form.enterAfterEach')}`.trim()} />
          )}
        />
      )
    case 'columns':
      return <ExpectedColumnsField label={common.label} value={given} columns={columns} message={message} onChange={onChange} />
    case 'text':
    case 'json': {
      const long = shape.kind === 'json' || shape.long
      const mono = long || parameter.name === 'pattern'
      return (
        <TextField
          {...common}
          value={typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)}
          placeholder={typeof initial === 'string' ? initial : ''}
          multiline={long}
          minRows={long ? 3 : 1}
          maxRows={14}
          onChange={(event) => onChange(event.target.value)}
          slotProps={{
            inputLabel: { shrink: true },
            htmlInput: { spellCheck: false, ...(mono && { style: { fontFamily: 'monospace' } }) },
          }}
        />
      )
    }
  }
}
