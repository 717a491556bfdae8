import { useRef, type ChangeEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { ReadOptionsDraft } from '../../components/readOptions/draft'
import UploadOptionsDialog from './UploadOptionsDialog'
import type { UploadDetails } from './uploadsSlice'
import { useUploadQueue } from './useUploadQueue'

interface NewUploadDialogProps {
  dataset: { id: string; slug: string }
  /** What the form begins with. */
  options: ReadOptionsDraft
  columnsOf: string | null
  onClose: () => void
}

/** Says how a file is to be read, then chooses it; its upload starts at once. */
export default function NewUploadDialog({ dataset, options, columnsOf, onClose }: NewUploadDialogProps) {
  const { t } = useTranslation()
  const queue = useUploadQueue()
  const input = useRef<HTMLInputElement>(null)
  const details = useRef<UploadDetails | null>(null)

  function choose(event: ChangeEvent<HTMLInputElement>) {
    const [file] = event.target.files ?? []
    if (!file) return
    void queue.add(dataset, file, details.current)
    onClose()
  }

  return (
    <>
      <UploadOptionsDialog
        initial={{ label: '', comment: '', options }}
        columnsOf={columnsOf}
        problems={[]}
        fileName={null}
        onSubmit={(given) => {
          details.current = given
          input.current?.click()
        }}
        onClose={onClose}
      />
      <input ref={input} type="file" hidden aria-label={t('upload.chooseWithOptions')} onChange={choose} />
    </>
  )
}
