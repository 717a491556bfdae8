import ArrowBackIcon from '@mui/icons-material/ArrowBack'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Stack from '@mui/material/Stack'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '../../../components/fieldProblems'
import { unreadable, withType, type RuleType } from '../rules/ruleDraft'
import { RuleFields } from '../rules/RuleFields'
import { RuleTypePicker } from '../rules/RuleTypePicker'
import { useRuleTypeTitle } from '../rules/useRuleTypeText'
import { fits, type Binding, type TemplateRuleDraft } from './templateDraft'

interface TemplateRuleDialogProps {
  initial: TemplateRuleDraft
  binding: Binding
  types: readonly RuleType[]
  onDone: (rule: TemplateRuleDraft) => void
  onClose: () => void
}

/** A rule of a template: its type and what it accepts. Nothing is sent; the template is. */
export function TemplateRuleDialog({ initial, binding, types, onDone, onClose }: TemplateRuleDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const typeTitle = useRuleTypeTitle()
  const [draft, setDraft] = useState(initial)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const type = types.find(({ name }) => name === draft.type) ?? null

  function submit(event: FormEvent) {
    // The template's form is around this one: in React's tree an event goes on to it.
    event.preventDefault()
    event.stopPropagation()
    if (!type) return
    const wrong: FieldProblem[] = unreadable(draft, type).map((field) => ({ code: null, message: t('quality.form.noNumber'), field }))
    if (draft.name.trim() === '') wrong.push({ code: null, message: t('templates.nameMissing'), field: 'name' })
    setProblems(wrong)
    if (wrong.length === 0) onDone(draft)
  }

  return (
    <Dialog open onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()} aria-labelledby={titleId} maxWidth="md" fullWidth>
      <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
        <DialogTitle id={titleId}>{type ? typeTitle(type.name, type.title) : t('quality.form.newTitle')}</DialogTitle>
        <DialogContent>
          {type ? (
            <Stack spacing={2.5} sx={{ pt: 1 }}>
              <RuleFields
                draft={draft}
                // The column is given by the semantic type.
                type={binding === 'TAG' ? type : { ...type, minFields: 0, maxFields: 0 }}
                columns={[]}
                problems={problems}
                mayBlock
                onChange={(changes) => setDraft({ ...draft, ...changes })}
              />
            </Stack>
          ) : (
            <RuleTypePicker
              types={types.filter((one) => fits(one, binding))}
              onPick={(picked) => setDraft({ ...draft, ...withType(draft, picked, []), name: draft.name || typeTitle(picked.name, picked.title) })}
            />
          )}
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2.5 }}>
          {type && initial.type === '' && (
            <Button startIcon={<ArrowBackIcon />} onClick={() => setDraft({ ...draft, type: '', name: '' })} sx={{ mr: 'auto' }}>
              {t('quality.form.otherType')}
            </Button>
          )}
          <Button onClick={onClose}>{t('cancel')}</Button>
          {type && (
            <Button type="submit" variant="contained">
              {t('templates.takeRule')}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  )
}
