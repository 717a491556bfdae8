import TextField from '@mui/material/TextField'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '../../components/fieldProblems'
import { useMessageAt } from '../../components/useProblemText'
import { ReadOptionsDialog, type PreviewOf } from '../../components/readOptions/ReadOptionsDialog'
import type { UploadDetails } from './uploadsSlice'

interface UploadOptionsDialogProps {
  initial: UploadDetails
  columnsOf: string | null
  problems: readonly FieldProblem[]
  /** The file that it is about; null: it is chosen afterwards. */
  fileName: string | null
  /** Above everything else. */
  top?: ReactNode
  /** What reading with these options gives; null while that is not known. */
  renderPreview?: PreviewOf | null
  onSubmit: (details: UploadDetails) => void
  onClose: () => void
}

/** What is said about a file beside its bytes: label, comment, and how to read it. */
export default function UploadOptionsDialog(props: UploadOptionsDialogProps) {
  const { initial, columnsOf, problems, fileName, onSubmit, onClose } = props
  const { t } = useTranslation()
  const messageAt = useMessageAt(problems)
  const [label, setLabel] = useState(initial.label)
  const [comment, setComment] = useState(initial.comment)
  return (
    <ReadOptionsDialog
      title={fileName === null ? t('upload.optionsTitle') : t('upload.optionsOf', { fileName })}
      submitLabel={fileName === null ? t('upload.choose') : t('upload.submit')}
      initial={initial.options}
      columnsOf={columnsOf}
      problems={problems}
      beforeNames={['label', 'comment']}
      renderPreview={props.renderPreview ?? null}
      before={
        <>
          {props.top}
          <TextField
            size="small"
            fullWidth
            label={t('upload.label')}
            helperText={messageAt('label') ?? t('upload.labelHelp')}
            error={messageAt('label') !== undefined}
            value={label}
            onChange={(event) => setLabel(event.target.value)}
          />
          <TextField
            size="small"
            fullWidth
            multiline
            maxRows={6}
            label={t('upload.comment')}
            helperText={messageAt('comment')}
            error={messageAt('comment') !== undefined}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        </>
      }
      onSubmit={(options) => onSubmit({ label, comment, options })}
      onClose={onClose}
    />
  )
}
