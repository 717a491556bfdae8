import { useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../../../components/useErrorText'
import { useSettled } from '../../../components/useSettled'
import type { ChannelFormQuery } from '../../../gql/graphql'
import type { ChannelDraft } from './channelDraft'
import { PreviewQuery } from './notificationOperations'
import { useVariableText } from './useVariableText'

const FIELDS = ['subjectTemplate', 'bodyTemplate'] as const
type Field = (typeof FIELDS)[number]

interface OwnWordsProps {
  draft: Pick<ChannelDraft, Field>
  variables: ChannelFormQuery['notificationVariables']
  messageAt: (field: string) => string | undefined
  onChange: (changes: Partial<Pick<ChannelDraft, Field>>) => void
}

/** Subject and text in own words: variables to put in, and how an example of it reads. */
export function OwnWords({ draft, variables, messageAt, onChange }: OwnWordsProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const variableText = useVariableText()
  const inputs = useRef<Partial<Record<Field, HTMLInputElement | HTMLTextAreaElement | null>>>({})
  /** Where a variable is put: the field that was written in last. */
  const [last, setLast] = useState<Field>('bodyTemplate')
  const subjectTemplate = useSettled(draft.subjectTemplate, 400)
  const bodyTemplate = useSettled(draft.bodyTemplate, 400)
  const { data, previousData, error } = useQuery(PreviewQuery, {
    variables: { subjectTemplate, bodyTemplate },
    // Nothing else reads it, and each letter typed would stay in the cache.
    fetchPolicy: 'no-cache',
  })
  const preview = error ? null : (data ?? previousData)?.notificationPreview

  function put(name: string) {
    const input = inputs.current[last]
    const text = draft[last]
    const start = input?.selectionStart ?? text.length
    const end = input?.selectionEnd ?? start
    const variable = `{{${name}}}`
    onChange({ [last]: `${text.slice(0, start)}${variable}${text.slice(end)}` })
    // Once React has put the new text in: writing goes on behind the variable.
    requestAnimationFrame(() => {
      input?.focus()
      input?.setSelectionRange(start + variable.length, start + variable.length)
    })
  }

  return (
    <Stack spacing={2}>
      <Typography variant="body2" color="textSecondary">
        {t('channels.wordsLead')}
      </Typography>
      {FIELDS.map((field) => (
        <TextField
          key={field}
          size="small"
          fullWidth
          multiline={field === 'bodyTemplate'}
          minRows={4}
          maxRows={14}
          label={field === 'subjectTemplate' ? t('channels.subject') : t('channels.body')}
          value={draft[field]}
          error={messageAt(field) !== undefined}
          helperText={messageAt(field)}
          inputRef={(input: HTMLInputElement | HTMLTextAreaElement | null) => {
            inputs.current[field] = input
          }}
          onFocus={() => setLast(field)}
          onChange={(event) => onChange({ [field]: event.target.value })}
          slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace', fontSize: '0.875rem' } } }}
        />
      ))}
      <Box component="section" aria-label={t('channels.variables')}>
        <Typography variant="body2" sx={{ mb: 1 }}>
          {last === 'subjectTemplate' ? t('channels.putInSubject') : t('channels.putInBody')}
        </Typography>
        <Stack direction="row" useFlexGap sx={{ flexWrap: 'wrap', gap: 0.75 }}>
          {variables.map(({ name, description }) => (
            <Tooltip key={name} title={variableText(name, description)} describeChild>
              <Chip size="small" label={name} sx={{ fontFamily: 'monospace' }} onClick={() => put(name)} />
            </Tooltip>
          ))}
        </Stack>
      </Box>
      <Box component="section" aria-label={t('channels.preview')} aria-live="polite">
        <Typography variant="body2" sx={{ mb: 1 }}>
          {t('channels.preview')}
        </Typography>
        {error && <Alert severity="warning">{errorText(error)}</Alert>}
        {preview && (
          <Paper variant="outlined" sx={{ p: 2, bgcolor: 'background.default' }}>
            <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{preview.subject}</Typography>
            <Typography variant="body2" sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', mt: 1 }}>
              {preview.body}
            </Typography>
          </Paper>
        )}
      </Box>
    </Stack>
  )
}
