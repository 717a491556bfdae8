import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ChoiceField, type Choice } from './ChoiceField'

const FIND_OUT = 'find'
const OTHER = 'other'
// An empty text is a choice too, so that no character stands for itself.
const PREFIX = '='

interface CharacterFieldProps {
  label: string
  /** Null: find out. */
  value: string | null
  choices: readonly Choice[]
  message?: string | undefined
  onChange: (value: string | null) => void
}

/** A character: to be found out, a usual one by its name, or any other that is typed. */
export function CharacterField({ label, value, choices, message, onChange }: CharacterFieldProps) {
  const { t } = useTranslation()
  const usual = choices.some((choice) => choice.value === value)
  const [other, setOther] = useState(value !== null && !usual)

  function choose(chosen: string) {
    setOther(chosen === OTHER)
    if (chosen === OTHER) onChange('')
    else onChange(chosen === FIND_OUT ? null : chosen.slice(PREFIX.length))
  }

  return (
    <Stack direction="row" spacing={1}>
      <ChoiceField
        label={label}
        value={other ? OTHER : value === null ? FIND_OUT : PREFIX + value}
        choices={[
          { value: FIND_OUT, label: t('readForm.findOut') },
          ...choices.map((choice) => ({ value: PREFIX + choice.value, label: choice.label })),
          { value: OTHER, label: t('readForm.other') },
        ]}
        message={other ? undefined : message}
        onChange={choose}
      />
      {other && (
        <TextField
          size="small"
          required
          fullWidth
          value={value ?? ''}
          error={message !== undefined}
          helperText={message}
          onChange={(event) => onChange(event.target.value)}
          slotProps={{ htmlInput: { 'aria-label': t('readForm.character', { option: label }) } }}
        />
      )}
    </Stack>
  )
}
