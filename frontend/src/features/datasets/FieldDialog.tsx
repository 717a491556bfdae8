import { useApolloClient, useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Autocomplete from '@mui/material/Autocomplete'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldProblems, requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { useDraft } from '../../components/useDraft'
import { useErrorText } from '../../components/useErrorText'
import { useMessageAt, useProblemText } from '../../components/useProblemText'
import { useMay } from '../../components/ViewerLevel'
import { SchemaTabVersion, UpdateSchemaField, type SchemaTabField } from './fieldOperations'

/** Offered while typing; any other word will do. */
const SEMANTIC_TYPES = [
  'address', 'city', 'country', 'currency', 'email', 'gender', 'id', 'ip_address', 'language', 'latitude', 'longitude', 'money',
  'name', 'percentage', 'phone', 'postal_code', 'region', 'url', 'uuid', 'year',
]

interface FieldDraft {
  description: string
  semanticType: string
  tags: readonly string[]
  sensitive: boolean
}

function isFieldDraft(kept: unknown): kept is FieldDraft {
  if (typeof kept !== 'object' || kept === null) return false
  const { description, semanticType, tags, sensitive } = kept as Record<string, unknown>
  return [description, semanticType].every((text) => typeof text === 'string') && Array.isArray(tags) && typeof sensitive === 'boolean'
}

interface FieldDialogProps {
  versionId: string
  field: SchemaTabField
  onClose: () => void
}

/** What people say about a column, in every version of the dataset that has it. */
export function FieldDialog({ versionId, field, onClose }: FieldDialogProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const client = useApolloClient()
  const titleId = useId()
  const mayManage = useMay('MANAGE')
  const [update, { loading }] = useMutation(UpdateSchemaField)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const messageAt = useMessageAt(problems)
  const [kept, setKept] = useDraft(`column.${versionId}.${field.fieldPath}`, isFieldDraft)
  const draft = kept ?? {
    description: field.description ?? '',
    semanticType: field.semanticType ?? '',
    tags: field.tags,
    sensitive: field.sensitive,
  }
  const change = (changes: Partial<typeof draft>) => setKept({ ...draft, ...changes })
  const keepsSensitive = field.sensitive && !mayManage
  const elsewhere = problems.filter((problem) => !['description', 'semanticType', 'tags', 'sensitive'].includes(problem.field ?? ''))

  function leave() {
    setKept(null)
    onClose()
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    const { description, semanticType, tags, sensitive } = draft
    const changes = {
      ...(description !== (field.description ?? '') && { description }),
      ...(semanticType !== (field.semanticType ?? '') && { semanticType }),
      ...(tags.join(' ') !== field.tags.join(' ') && { tags: [...tags] }),
      ...(sensitive !== field.sensitive && { sensitive }),
    }
    try {
      const { data } = await update({ variables: { input: { versionId, fieldPath: field.fieldPath, ...changes } } })
      const saved = data?.updateSchemaField.schemaField
      if (!saved) {
        setProblems(fieldProblems(data?.updateSchemaField.errors ?? []))
        return
      }
      // A column has no id of its own, so the cache cannot find it by itself.
      client.cache.updateQuery({ query: SchemaTabVersion, variables: { versionId } }, (before) =>
        before?.datasetVersion
          ? {
              ...before,
              datasetVersion: {
                ...before.datasetVersion,
                schemaFields: before.datasetVersion.schemaFields.map((one) =>
                  one.fieldPath === saved.fieldPath ? { ...one, ...saved } : one,
                ),
              },
            }
          : before,
      )
      leave()
    } catch (failure) {
      setProblems([requestProblem(errorText(failure))])
    }
  }

  return (
    <Dialog
      open
      onClose={leave}
      aria-labelledby={titleId}
      maxWidth="sm"
      fullWidth
    >
      <form onSubmit={submit}>
        <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
          {t('schema.editTitle', { fieldPath: field.fieldPath })}
        </DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 2, pt: '8px !important' }}>
          {elsewhere.map((problem) => (
            <Alert key={problem.message} severity="error">
              {problemText(problem)}
            </Alert>
          ))}
          <TextField
            label={t('schema.description')}
            multiline
            minRows={3}
            maxRows={12}
            autoFocus
            value={draft.description}
            error={messageAt('description') !== undefined}
            helperText={messageAt('description') ?? t('schema.editLead')}
            onChange={(event) => change({ description: event.target.value })}
          />
          <Autocomplete
            freeSolo
            options={SEMANTIC_TYPES}
            inputValue={draft.semanticType}
            onInputChange={(_event, semanticType, reason) => reason !== 'reset' && change({ semanticType })}
            onChange={(_event, semanticType) => change({ semanticType: semanticType ?? '' })}
            renderInput={(props) => (
              <TextField
                {...props}
                label={t('schema.semanticType')}
                error={messageAt('semanticType') !== undefined}
                helperText={messageAt('semanticType') ?? t('schema.semanticTypeHelp')}
              />
            )}
          />
          <Autocomplete
            multiple
            freeSolo
            autoSelect
            options={[] as string[]}
            value={[...draft.tags]}
            onChange={(_event, tags) => change({ tags: [...new Set(tags.map((tag) => tag.trim()).filter(Boolean))] })}
            renderInput={(props) => (
              <TextField
                {...props}
                label={t('schema.tags')}
                error={messageAt('tags') !== undefined}
                helperText={messageAt('tags') ?? t('schema.tagsHelp')}
              />
            )}
          />
          <div>
            <FormControlLabel
              control={
                <Switch
                  checked={draft.sensitive}
                  disabled={keepsSensitive}
                  onChange={(event) => change({ sensitive: event.target.checked })}
                />
              }
              label={t('schema.sensitive')}
            />
            <FormHelperText error={messageAt('sensitive') !== undefined} sx={{ m: 0 }}>
              {messageAt('sensitive') ?? (keepsSensitive ? t('schema.sensitiveNeedsManage') : t('schema.sensitiveHelp'))}
            </FormHelperText>
          </div>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2.5 }}>
          <Button onClick={leave}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={loading}>
            {t('schema.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
