import Box from '@mui/material/Box'
import TextField from '@mui/material/TextField'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Markdown } from './Markdown'

interface MarkdownFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** What is wrong with it. */
  problem: string | undefined
}

/** A text in Markdown: written on one side, looked at on the other. */
export function MarkdownField({ label, value, onChange, problem }: MarkdownFieldProps) {
  const { t } = useTranslation()
  const [side, setSide] = useState<'write' | 'preview'>('write')
  return (
    <div>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={side}
        aria-label={t('markdown.side', { label })}
        onChange={(_event, next: 'write' | 'preview' | null) => next && setSide(next)}
        sx={{ mb: 1.75, '& button': { py: 0.25 } }}
      >
        <ToggleButton value="write">{t('markdown.write')}</ToggleButton>
        <ToggleButton value="preview">{t('markdown.preview')}</ToggleButton>
      </ToggleButtonGroup>
      {side === 'write' ? (
        <TextField
          label={label}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          helperText={problem ?? t('markdown.help')}
          error={problem !== undefined}
          multiline
          minRows={5}
          maxRows={20}
          fullWidth
        />
      ) : (
        <Box sx={{ minHeight: 120, p: 1.75, border: 1, borderColor: 'divider', borderRadius: 1 }}>
          {value.trim() ? (
            <Markdown source={value} />
          ) : (
            <Typography color="textSecondary">{t('markdown.nothing')}</Typography>
          )}
        </Box>
      )}
    </div>
  )
}
