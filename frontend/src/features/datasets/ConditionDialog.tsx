import Autocomplete from '@mui/material/Autocomplete'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Reasoned } from '../../components/Reasoned'
import type { LogicalType } from '../../gql/graphql'
import { FieldSelect } from './FieldSelect'
import type { RowsField } from './RowsGrid'
import { isValue, operatorsOf, takesValue, type RowCondition, type RowOperator } from './rowView'

interface ConditionDialogProps {
  fields: readonly RowsField[]
  /** Null for a new one. */
  initial: RowCondition | null
  onApply: (condition: RowCondition) => void
  onClose: () => void
}

/** A condition on one column: what can be asked depends on the column's type. */
export function ConditionDialog({ fields, initial, onApply, onClose }: ConditionDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [field, setField] = useState<RowsField | null>(
    () => fields.find(({ fieldPath }) => fieldPath === initial?.fieldPath) ?? null,
  )
  const [chosen, setChosen] = useState<RowOperator | null>(initial?.operator ?? null)
  const [values, setValues] = useState<readonly string[]>(initial?.values ?? [])
  const [tried, setTried] = useState(false)
  const operators = field ? operatorsOf(field.logicalType) : []
  const operator = operators.find((one) => one === chosen) ?? operators[0] ?? null
  const needsValue = operator !== null && takesValue(operator)
  const type = field?.logicalType ?? 'STRING'
  const isFilled = !needsValue || values.length > 0
  const isRight = !needsValue || values.every((value) => isValue(value, type))
  const problem = tried && needsValue && !(isFilled && isRight) ? t(`rowView.expected.${expected(type)}`) : null

  function submit(event: FormEvent) {
    event.preventDefault()
    setTried(true)
    if (!field || !operator || !isFilled || !isRight) return
    const kept = operator === 'in' ? values : values.slice(0, 1)
    onApply({ fieldPath: field.fieldPath, operator, values: needsValue ? kept : [] })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{t('rowView.filterTitle')}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
          <FieldSelect
            fields={fields}
            value={field}
            refusal={({ masked }) => (masked ? t('rowView.masked') : null)}
            onChange={(next) => {
              setField(next)
              setTried(false)
              if (next?.logicalType !== field?.logicalType) setValues([])
            }}
          />
          <TextField
            select
            label={t('rowView.comparison')}
            value={operator ?? ''}
            disabled={!field}
            onChange={(event) => setChosen(operators.find((one) => one === event.target.value) ?? null)}
          >
            {operators.map((one) => (
              <MenuItem key={one} value={one}>
                {t(`rowView.operator.${one}`)}
              </MenuItem>
            ))}
          </TextField>
          {needsValue && operator === 'in' && (
            <Autocomplete
              multiple
              freeSolo
              autoSelect
              options={[] as string[]}
              value={[...values]}
              onChange={(_event, next) => setValues(next.slice(0, 100))}
              renderInput={(props) => (
                <TextField {...props} label={t('rowView.values')} error={problem !== null} helperText={problem ?? t('rowView.valuesHelp')} />
              )}
            />
          )}
          {needsValue && operator !== 'in' && type === 'BOOLEAN' && (
            <TextField
              select
              label={t('rowView.value')}
              value={values[0] ?? ''}
              error={problem !== null}
              helperText={problem}
              onChange={(event) => setValues([event.target.value])}
            >
              <MenuItem value="true">true</MenuItem>
              <MenuItem value="false">false</MenuItem>
            </TextField>
          )}
          {needsValue && operator !== 'in' && type !== 'BOOLEAN' && (
            <TextField
              label={t('rowView.value')}
              value={values[0] ?? ''}
              error={problem !== null}
              helperText={problem ?? (type === 'STRING' ? null : t(`rowView.expected.${expected(type)}`))}
              slotProps={{ htmlInput: { inputMode: type === 'INTEGER' || type === 'NUMBER' ? 'decimal' : undefined } }}
              onChange={(event) => setValues([event.target.value])}
            />
          )}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Reasoned reason={field ? null : t('rowView.chooseColumn')}>
            {(disabled) => (
              <Button type="submit" variant="contained" disabled={disabled}>
                {t('rowView.applyFilter')}
              </Button>
            )}
          </Reasoned>
        </DialogActions>
      </form>
    </Dialog>
  )
}

type Expected = Exclude<LogicalType, 'OBJECT' | 'ARRAY'>

function expected(type: LogicalType): Expected {
  return type === 'OBJECT' || type === 'ARRAY' ? 'STRING' : type
}
