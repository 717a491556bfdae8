import { useMutation, useQuery } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import MenuItem from '@mui/material/MenuItem'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import useMediaQuery from '@mui/material/useMediaQuery'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../../components/ErrorState'
import { Reasoned } from '../../../components/Reasoned'
import { useDraft } from '../../../components/useDraft'
import { useErrorText } from '../../../components/useErrorText'
import { useProblemText } from '../../../components/useProblemText'
import type { TemplateCard_templateFragment } from '../../../gql/graphql'
import { NEW_RULE } from '../rules/ruleDraft'
import {
  BINDINGS,
  draftOfTemplate,
  isTemplateDraft,
  NEW_TEMPLATE,
  rulesInput,
  templateProblems,
  type TemplateDraft,
  type TemplateProblem,
} from './templateDraft'
import { CreateRuleTemplate, TemplateRuleTypesQuery, TemplatesQuery, UpdateRuleTemplate } from './templateOperations'
import { TemplateRuleDialog } from './TemplateRuleDialog'
import { TemplateRules } from './TemplateRules'

const MAX_RULES = 50

interface TemplateDialogProps {
  /** Null: a new one. */
  template: TemplateCard_templateFragment | null
  onDone: () => void
  onClose: () => void
}

/** A template, new or changed: what it is bound to, and its rules. */
export default function TemplateDialog({ template, onDone, onClose }: TemplateDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const narrow = useMediaQuery((theme) => theme.breakpoints.down('sm'))
  const { data, error, refetch } = useQuery(TemplateRuleTypesQuery)
  const [kept, keep] = useDraft(`rule-template.${template?.id ?? 'new'}`, isTemplateDraft)
  const [problems, setProblems] = useState<readonly TemplateProblem[]>([])
  /** The place of the rule that is being written; as many as there are rules: a new one. */
  const [at, setAt] = useState<number | null>(null)
  const [create, creating] = useMutation(CreateRuleTemplate, { refetchQueries: [TemplatesQuery] })
  const [update, updating] = useMutation(UpdateRuleTemplate)
  const draft = kept ?? (template ? draftOfTemplate(template) : NEW_TEMPLATE)
  const change = (changes: Partial<TemplateDraft>) => keep({ ...draft, ...changes })
  const types = data?.qualityRuleTypes ?? []
  const messageAt = (field: string) => {
    const problem = problems.find((one) => one.field === field)
    return problem && problemText(problem)
  }
  const elsewhere = problems.filter(({ rule, field }) => rule === null && !['name', 'description', 'tag', 'semanticType'].includes(field ?? ''))

  async function submit(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    const { name, binding, boundTo, description } = draft
    const rules = rulesInput(draft, types)
    try {
      const payload = template
        ? (await update({ variables: { input: { id: template.id, name, description, rules } } })).data?.updateRuleTemplate
        : (
            await create({
              variables: { input: { name, description: description || null, rules, ...(binding === 'TAG' ? { tag: boundTo } : { semanticType: boundTo }) } },
            })
          ).data?.createRuleTemplate
      if (payload?.template) {
        keep(null)
        onDone()
      } else setProblems(templateProblems(payload?.errors ?? []))
    } catch (thrown) {
      setProblems([{ code: null, message: errorText(thrown), rule: null, field: null }])
    }
  }

  return (
    <Dialog
      open
      // What is typed stays in the tab; a click beside the dialog closes it by mistake too easily.
      onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()}
      aria-labelledby={titleId}
      maxWidth="md"
      fullWidth
      fullScreen={narrow}
    >
      <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
        <DialogTitle id={titleId}>{template ? t('templates.editTitle', { name: template.name }) : t('templates.newTitle')}</DialogTitle>
        <DialogContent>
          {error && !data && <ErrorState title={t('quality.form.failed')} error={error} onRetry={() => void refetch()} />}
          {!data && !error && <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />}
          {data && (
            <Stack spacing={2.5} sx={{ pt: 1 }}>
              {elsewhere.map((problem) => (
                <Alert key={problem.message} severity="error">
                  {problemText(problem)}
                </Alert>
              ))}
              <TextField
                size="small"
                required
                autoFocus={template === null}
                label={t('templates.name')}
                value={draft.name}
                error={messageAt('name') !== undefined}
                helperText={messageAt('name')}
                onChange={(event) => change({ name: event.target.value })}
              />
              <TextField
                size="small"
                multiline
                label={t('templates.description')}
                value={draft.description}
                error={messageAt('description') !== undefined}
                helperText={messageAt('description')}
                onChange={(event) => change({ description: event.target.value })}
              />
              <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2} sx={{ '& .MuiFormHelperText-root.Mui-disabled': { color: 'text.secondary' } }}>
                <TextField
                  select
                  size="small"
                  label={t('templates.binding')}
                  value={draft.binding}
                  disabled={template !== null || draft.rules.length > 0}
                  helperText={template ? t('templates.bindingStays') : draft.rules.length > 0 ? t('templates.bindingOfRules') : undefined}
                  sx={{ minWidth: { sm: 260 } }}
                  onChange={(event) => change({ binding: BINDINGS.find((one) => one === event.target.value) ?? 'TAG' })}
                >
                  {BINDINGS.map((one) => (
                    <MenuItem key={one} value={one}>
                      {t(`templates.bindings.${one}`)}
                    </MenuItem>
                  ))}
                </TextField>
                <TextField
                  size="small"
                  required
                  fullWidth
                  disabled={template !== null}
                  label={draft.binding === 'TAG' ? t('templates.tag') : t('templates.semanticType')}
                  value={draft.boundTo}
                  error={(messageAt('tag') ?? messageAt('semanticType')) !== undefined}
                  helperText={messageAt('tag') ?? messageAt('semanticType') ?? t(`templates.bindingHelp.${draft.binding}`)}
                  onChange={(event) => change({ boundTo: event.target.value })}
                />
              </Stack>
              <section>
                <Typography variant="h3" sx={{ mb: 1 }}>
                  {t('quality.rules')}
                </Typography>
                <TemplateRules
                  rules={draft.rules}
                  problems={problems}
                  onEdit={setAt}
                  onRemove={(place) => change({ rules: draft.rules.filter((_rule, index) => index !== place) })}
                />
                <Reasoned reason={draft.rules.length >= MAX_RULES ? t('templates.mostRules', { count: MAX_RULES }) : null}>
                  {(disabled) => (
                    <Button startIcon={<AddIcon />} aria-haspopup="dialog" disabled={disabled} sx={{ mt: 1 }} onClick={() => setAt(draft.rules.length)}>
                      {t('quality.add')}
                    </Button>
                  )}
                </Reasoned>
              </section>
            </Stack>
          )}
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2.5 }}>
          <Button
            onClick={() => {
              keep(null)
              onClose()
            }}
          >
            {t('cancel')}
          </Button>
          <Reasoned reason={draft.rules.length === 0 ? t('templates.needsRule') : null}>
            {(disabled) => (
              <Button type="submit" variant="contained" disabled={disabled} loading={creating.loading || updating.loading}>
                {template ? t('settings.save') : t('templates.create')}
              </Button>
            )}
          </Reasoned>
        </DialogActions>
      </form>
      {at !== null && (
        <TemplateRuleDialog
          initial={draft.rules[at] ?? { ...NEW_RULE, id: null }}
          binding={draft.binding}
          types={types}
          onDone={(rule) => {
            change({ rules: at < draft.rules.length ? draft.rules.with(at, rule) : [...draft.rules, rule] })
            setProblems((before) => before.filter((one) => one.rule !== at))
            setAt(null)
          }}
          onClose={() => setAt(null)}
        />
      )}
    </Dialog>
  )
}
