import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Autocomplete from '@mui/material/Autocomplete'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import FormControlLabel from '@mui/material/FormControlLabel'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useErrorText } from '../../components/useErrorText'
import { graphql } from '../../gql'
import type { Visibility } from '../../gql/graphql'

const CreateDataset = graphql(`
  mutation CreateDataset($input: CreateDatasetInput!) {
    createDataset(input: $input) {
      dataset {
        id
        slug
      }
      errors {
        code
        message
        path
      }
    }
  }
`)

const VISIBILITIES: readonly Visibility[] = ['ORGANIZATION', 'RESTRICTED']

interface Problem {
  message: string
  /** The input that is wrong; null when it is none in particular. */
  field: string | null
}

interface CreateDatasetDialogProps {
  onClose: () => void
}

export default function CreateDatasetDialog({ onClose }: CreateDatasetDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const navigate = useNavigate()
  const errorText = useErrorText()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [visibility, setVisibility] = useState<Visibility>('ORGANIZATION')
  const [tags, setTags] = useState<string[]>([])
  const [autoPublish, setAutoPublish] = useState(false)
  const [problems, setProblems] = useState<readonly Problem[]>([])
  const [create, { loading, client }] = useMutation(CreateDataset)

  const messageFor = (field: string) => problems.find((one) => one.field === field)?.message

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    try {
      const { data } = await create({
        variables: {
          input: { name: name.trim(), description: description.trim(), visibility, tags, autoPublish },
        },
      })
      const payload = data?.createDataset
      if (payload?.dataset) {
        // Its place depends on each list's order and filter: the lists are read again when shown.
        client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'datasets' })
        onClose()
        await navigate(`/datasets/${payload.dataset.slug}`)
        return
      }
      setProblems(
        // A path begins with the name of the argument, `input`.
        (payload?.errors ?? []).map(({ message, path }) => ({ message, field: path?.[1] ?? null })),
      )
    } catch (error) {
      setProblems([{ message: errorText(error), field: null }])
    }
  }

  const fields = ['name', 'description', 'tags']
  const general = problems.filter(({ field }) => !field || !fields.includes(field))

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t('createDataset.title')}</DialogTitle>
      {/* The dialog's own column goes on inside the form, or its content could not scroll. */}
      <Box
        component="form"
        onSubmit={submit}
        sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}
      >
      <DialogContent sx={{ pt: 1 }}>
        <Stack spacing={2.5}>
          {general.map(({ message }) => (
            <Alert key={message} severity="error">
              {message}
            </Alert>
          ))}
          <TextField
            label={t('createDataset.name')}
            helperText={messageFor('name') ?? t('createDataset.nameHelp')}
            error={messageFor('name') !== undefined}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoFocus
            required
            fullWidth
          />
          <TextField
            label={t('createDataset.description')}
            helperText={messageFor('description')}
            error={messageFor('description') !== undefined}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
            multiline
            minRows={2}
            fullWidth
          />
          <Autocomplete
            multiple
            freeSolo
            options={[]}
            value={tags}
            onChange={(_event, value: string[]) => setTags(value.map((tag) => tag.trim()).filter(Boolean))}
            renderInput={(params) => (
              <TextField
                {...params}
                label={t('createDataset.tags')}
                helperText={messageFor('tags') ?? t('createDataset.tagsHelp')}
                error={messageFor('tags') !== undefined}
              />
            )}
          />
          <TextField
            select
            label={t('createDataset.visibility')}
            helperText={t(`visibilityHelp.${visibility}`)}
            value={visibility}
            onChange={(event) =>
              setVisibility(VISIBILITIES.find((one) => one === event.target.value) ?? 'ORGANIZATION')
            }
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
                <Switch checked={autoPublish} onChange={(event) => setAutoPublish(event.target.checked)} />
              }
              label={t('createDataset.autoPublish')}
            />
            <Typography variant="body2" color="textSecondary">
              {t('createDataset.autoPublishHelp')}
            </Typography>
          </div>
        </Stack>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5 }}>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button type="submit" variant="contained" loading={loading}>
          {t('createDataset.submit')}
        </Button>
      </DialogActions>
      </Box>
    </Dialog>
  )
}
