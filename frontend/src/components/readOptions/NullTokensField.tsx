import Checkbox from '@mui/material/Checkbox'
import FormControlLabel from '@mui/material/FormControlLabel'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'
import { ChoiceField } from './ChoiceField'
import type { ReadOptionsDraft } from './draft'

interface NullTokensFieldProps {
  draft: Pick<ReadOptionsDraft, 'nullTokens' | 'emptyIsNull'>
  message?: string | undefined
  onChange: (change: Partial<ReadOptionsDraft>) => void
}

/** Cells that mean "absent" in every column: to be found out column by column, or exactly these. */
export function NullTokensField({ draft, message, onChange }: NullTokensFieldProps) {
  const { t } = useTranslation()
  const { nullTokens, emptyIsNull } = draft
  return (
    <Stack spacing={1.5}>
      <ChoiceField
        label={t('readOptions.nullTokens')}
        value={nullTokens === null ? 'find' : 'these'}
        choices={[
          { value: 'find', label: t('readForm.findOut') },
          { value: 'these', label: t('readForm.tokensThese') },
        ]}
        message={nullTokens === null ? message : undefined}
        onChange={(value) => onChange({ nullTokens: value === 'find' ? null : '' })}
      />
      {nullTokens !== null && (
        <div>
          <TextField
            size="small"
            fullWidth
            multiline
            minRows={2}
            maxRows={8}
            label={t('readForm.tokens')}
            helperText={message ?? t('readForm.tokensHelp')}
            error={message !== undefined}
            value={nullTokens}
            onChange={(event) => onChange({ nullTokens: event.target.value })}
            slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace' } } }}
          />
          <FormControlLabel
            control={
              <Checkbox
                size="small"
                checked={emptyIsNull}
                onChange={(event) => onChange({ emptyIsNull: event.target.checked })}
              />
            }
            label={t('readForm.emptyIsNull')}
          />
        </div>
      )}
    </Stack>
  )
}
