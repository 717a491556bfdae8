import TextField from '@mui/material/TextField'

export interface Choice {
  value: string
  label: string
}

interface ChoiceFieldProps {
  label: string
  value: string
  choices: readonly Choice[]
  /** What is wrong with it. */
  message?: string | undefined
  onChange: (value: string) => void
}

/** One of a few; the browser's own list, which every keyboard and screen reader knows. */
export function ChoiceField({ label, value, choices, message, onChange }: ChoiceFieldProps) {
  return (
    <TextField
      select
      size="small"
      fullWidth
      label={label}
      value={value}
      error={message !== undefined}
      helperText={message}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </TextField>
  )
}
