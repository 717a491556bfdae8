import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '../fieldProblems'
import { useProblemText } from '../useProblemText'
import { isSkippable, optionsOf, type ReadOptionsDraft } from './draft'
import { ReadOptionsFields } from './ReadOptionsFields'

export type PreviewOf = (draft: ReadOptionsDraft, change: (changes: Partial<ReadOptionsDraft>) => void) => ReactNode

interface ReadOptionsDialogProps {
  title: string
  submitLabel: string
  /** What the form begins with. */
  initial: ReadOptionsDraft
  columnsOf: string | null
  /** What was refused the last time; each is shown at its field. */
  problems: readonly FieldProblem[]
  busy?: boolean
  /** Fields above the options, and the names of the inputs that they show problems of. */
  before?: ReactNode
  beforeNames?: readonly string[]
  /** What reading with the options gives. */
  renderPreview?: PreviewOf | null
  onSubmit: (draft: ReadOptionsDraft) => void
  onClose: () => void
}

/** The form that says how a file is to be read. */
export function ReadOptionsDialog(props: ReadOptionsDialogProps) {
  const problemText = useProblemText()
  const { title, submitLabel, initial, columnsOf, problems, busy = false, before, beforeNames = [] } = props
  const { t } = useTranslation()
  const titleId = useId()
  const leadId = useId()
  const form = useRef<HTMLFormElement>(null)
  const [draft, setDraft] = useState(initial)
  const change = (changes: Partial<ReadOptionsDraft>) => setDraft((present) => ({ ...present, ...changes }))

  // Whoever cannot see the red field is taken to it.
  useEffect(() => {
    if (problems.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [problems])

  const shown: readonly string[] = ['format', ...optionsOf(draft.format), ...beforeNames].filter(
    (name) => name !== 'types' || columnsOf !== null,
  )
  const general = problems.filter(({ field }) => field === null || !shown.includes(field))

  function submit(event: FormEvent) {
    event.preventDefault()
    const skippedRows = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (shown.includes('skippedRows') && !isSkippable(draft.skippedRows)) skippedRows?.focus()
    else props.onSubmit(draft)
  }

  return (
    <Dialog
      open
      onClose={props.onClose}
      aria-labelledby={titleId}
      aria-describedby={leadId}
      maxWidth={props.renderPreview ? 'md' : 'sm'}
      fullWidth
    >
      <DialogTitle id={titleId}>{title}</DialogTitle>
      {/* The dialog's own column goes on inside the form, or its content could not scroll. */}
      <Box
        component="form"
        ref={form}
        onSubmit={submit}
        sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}
      >
        <DialogContent sx={{ pt: 1 }}>
          <Stack spacing={2}>
            {general.map((problem) => (
              <Alert key={problem.message} severity="error">
                {problemText(problem)}
              </Alert>
            ))}
            {props.renderPreview?.(draft, change)}
            {before}
            <Typography id={leadId} variant="body2" color="textSecondary">
              {t('readForm.lead')}
            </Typography>
            <ReadOptionsFields
              draft={draft}
              onChange={change}
              columnsOf={columnsOf}
              problems={problems}
            />
          </Stack>
        </DialogContent>
        <DialogActions sx={{ px: 3, pb: 2.5 }}>
          <Button onClick={props.onClose}>{t('cancel')}</Button>
          <Button type="submit" variant="contained" loading={busy}>
            {submitLabel}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  )
}
