import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'
import type { RowsField } from './RowsGrid'

interface FieldSelectProps {
  fields: readonly RowsField[]
  value: RowsField | null
  /** Why a column cannot be chosen; null when it can. */
  refusal: (field: RowsField) => string | null
  onChange: (field: RowsField | null) => void
}

/** One of the columns, found by typing; those that cannot be chosen say why. */
export function FieldSelect({ fields, value, refusal, onChange }: FieldSelectProps) {
  const { t } = useTranslation()
  return (
    <Autocomplete
      options={fields}
      value={value}
      autoHighlight
      getOptionLabel={(field) => field.fieldPath}
      getOptionKey={(field) => field.fieldPath}
      isOptionEqualToValue={(left, right) => left.fieldPath === right.fieldPath}
      getOptionDisabled={(field) => refusal(field) !== null}
      filterOptions={(all, { inputValue }) => {
        const words = inputValue.trim().toLowerCase()
        // More than can be looked through only cost time: tables have thousands of columns.
        return all.filter(({ fieldPath }) => fieldPath.toLowerCase().includes(words)).slice(0, 100)
      }}
      onChange={(_event, field) => onChange(field)}
      renderOption={({ key, ...props }, field) => (
        <li key={key} {...props}>
          <bdi style={{ overflowWrap: 'anywhere' }}>
            {field.fieldPath} · {refusal(field) ?? t(`logicalType.${field.logicalType}`)}
          </bdi>
        </li>
      )}
      renderInput={(props) => <TextField {...props} label={t('rowView.column')} autoFocus />}
    />
  )
}
