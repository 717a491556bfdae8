import Box from '@mui/material/Box'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'
import type { ComparisonOperator } from '../../../gql/graphql'
import { hasTwoEnds, type RuleDraft, type RuleType } from './ruleDraft'

const OPERATORS: readonly ComparisonOperator[] = [
  'EQUAL',
  'NOT_EQUAL',
  'LESS_THAN',
  'LESS_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_OR_EQUAL',
  'BETWEEN',
  'NOT_BETWEEN',
]

interface ThresholdFieldsProps {
  draft: RuleDraft
  type: RuleType
  messageAt: (field: string) => string | undefined
  onChange: (changes: Partial<RuleDraft>) => void
}

/** What the measured value has to be, and from where on it is only a warning. */
export function ThresholdFields({ draft, type, messageAt, onChange }: ThresholdFieldsProps) {
  const { t } = useTranslation()
  const { operator } = draft
  const twoEnds = hasTwoEnds(operator)
  const fraction = draft.parameters['unit'] === 'FRACTION'
  const number = (name: 'threshold' | 'upperThreshold' | 'warnThreshold' | 'warnUpperThreshold', label: string, help?: string) => (
    <TextField
      size="small"
      label={label}
      value={draft[name]}
      error={messageAt(name) !== undefined}
      helperText={messageAt(name) ?? help}
      onChange={(event) => onChange({ [name]: event.target.value })}
      slotProps={{ htmlInput: { inputMode: 'decimal' } }}
    />
  )
  return (
    <Box
      role="group"
      aria-label={t('quality.form.accepted')}
      sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}
    >
      <TextField
        select
        size="small"
        label={t('quality.form.operator')}
        value={operator}
        error={messageAt('operator') !== undefined}
        helperText={messageAt('operator') ?? (fraction ? t('quality.form.asFraction') : undefined)}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
        onChange={(event) => onChange({ operator: OPERATORS.find((one) => one === event.target.value) ?? '' })}
      >
        {!type.needsOperator && <MenuItem value="">{t('quality.form.asUsual')}</MenuItem>}
        {OPERATORS.map((one) => (
          <MenuItem key={one} value={one}>
            {t(`operator.${one}`)}
          </MenuItem>
        ))}
      </TextField>
      {operator !== '' && number('threshold', twoEnds ? t('quality.form.lower') : t('quality.form.threshold'))}
      {twoEnds && number('upperThreshold', t('quality.form.upper'))}
      {number('warnThreshold', twoEnds ? t('quality.form.warnLower') : t('quality.form.warn'), t('quality.form.warnHelp'))}
      {twoEnds && number('warnUpperThreshold', t('quality.form.warnUpper'))}
    </Box>
  )
}
