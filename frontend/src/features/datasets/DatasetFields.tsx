import Autocomplete from '@mui/material/Autocomplete'
import FormControlLabel from '@mui/material/FormControlLabel'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '../../components/fieldProblems'
import { MarkdownField } from '../../components/MarkdownField'
import { useMessageAt } from '../../components/useProblemText'
import type { Visibility } from '../../gql/graphql'
import { VISIBILITIES, type DatasetEdits } from './datasetEdits'

interface DatasetFieldsProps {
  edits: DatasetEdits
  problems: readonly FieldProblem[]
  onChange: (changes: Partial<DatasetEdits>) => void
  autoFocus?: boolean
}

/** The inputs of a dataset's own properties. */
export function DatasetFields({ edits, problems, onChange, autoFocus = false }: DatasetFieldsProps) {
  const { t } = useTranslation()
  const messageAt = useMessageAt(problems)
  return (
    <Stack spacing={2.5}>
      <TextField
        label={t('createDataset.name')}
        helperText={messageAt('name') ?? t('createDataset.nameHelp')}
        error={messageAt('name') !== undefined}
        value={edits.name}
        onChange={(event) => onChange({ name: event.target.value })}
        autoFocus={autoFocus}
        required
        fullWidth
      />
      <MarkdownField
        label={t('createDataset.description')}
        value={edits.description}
        problem={messageAt('description')}
        onChange={(description) => onChange({ description })}
      />
      <Autocomplete
        multiple
        freeSolo
        options={[]}
        value={[...edits.tags]}
        onChange={(_event, value: string[]) => onChange({ tags: value.map((tag) => tag.trim()).filter(Boolean) })}
        renderInput={(params) => (
          <TextField
            {...params}
            label={t('createDataset.tags')}
            helperText={messageAt('tags') ?? t('createDataset.tagsHelp')}
            error={messageAt('tags') !== undefined}
          />
        )}
      />
      <TextField
        select
        label={t('createDataset.visibility')}
        value={edits.visibility}
        onChange={(event) => onChange({ visibility: event.target.value as Visibility })}
        helperText={messageAt('visibility') ?? t(`visibilityHelp.${edits.visibility}`)}
        error={messageAt('visibility') !== undefined}
        fullWidth
      >
        {VISIBILITIES.map((one) => (
          <MenuItem key={one} value={one}>
            {t(`visibility.${one}`)}
          </MenuItem>
        ))}
      </TextField>
      <div>
        <FormControlLabel
          control={
            <Switch
              checked={edits.autoPublish}
              onChange={(event) => onChange({ autoPublish: event.target.checked })}
            />
          }
          label={t('createDataset.autoPublish')}
        />
        <Typography variant="body2" color="textSecondary">
          {t('createDataset.autoPublishHelp')}
        </Typography>
      </div>
    </Stack>
  )
}
