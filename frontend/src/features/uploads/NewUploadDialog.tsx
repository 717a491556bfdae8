import UploadFileIcon from '@mui/icons-material/UploadFile'
import Button from '@mui/material/Button'
import { useRef, useState, type ChangeEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReadOptionsDraft } from '../../components/readOptions/draft'
import { FilePreview } from './FilePreview'
import UploadOptionsDialog from './UploadOptionsDialog'
import { useUploadQueue } from './useUploadQueue'

interface NewUploadDialogProps {
  dataset: { id: string; slug: string }
  /** What the form begins with. */
  options: ReadOptionsDraft
  columnsOf: string | null
  onClose: () => void
}

/** Chooses a file, shows how it would be read with which options, and uploads it with them. */
export default function NewUploadDialog({ dataset, options, columnsOf, onClose }: NewUploadDialogProps) {
  const { t } = useTranslation()
  const queue = useUploadQueue()
  const input = useRef<HTMLInputElement>(null)
  const [file, setFile] = useState<File | null>(null)

  function choose(event: ChangeEvent<HTMLInputElement>) {
    const [chosen] = event.target.files ?? []
    if (chosen) setFile(chosen)
    event.target.value = ''
  }

  return (
    <>
      <UploadOptionsDialog
        initial={{ label: '', comment: '', options }}
        columnsOf={columnsOf}
        problems={[]}
        fileName={file?.name ?? null}
        top={
          file && (
            <Button startIcon={<UploadFileIcon />} size="small" sx={{ alignSelf: 'flex-start' }} onClick={() => input.current?.click()}>
              {t('upload.otherFileInstead')}
            </Button>
          )
        }
        renderPreview={
          file &&
          ((draft, change) => (
            <FilePreview key={`${file.name} ${file.size} ${file.lastModified}`} file={file} draft={draft} onChange={change} />
          ))
        }
        onSubmit={(given) => {
          if (!file) {
            input.current?.click()
            return
          }
          void queue.add(dataset, file, given)
          onClose()
        }}
        onClose={onClose}
      />
      <input ref={input} type="file" hidden aria-label={t('upload.chooseWithOptions')} onChange={choose} />
    </>
  )
}
