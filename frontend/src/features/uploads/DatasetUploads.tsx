import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import { lazy, Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useSelector } from 'react-redux'
import { FIND_ALL_OUT, type ReadOptionsDraft } from '../../components/readOptions/draft'
import { useMay } from '../../components/ViewerLevel'
import { UploadDropZone } from './UploadDropZone'
import { UploadProgress } from './UploadProgress'
import { useUploadQueue } from './useUploadQueue'
import { selectDatasetUploads, type uploadsSlice } from './uploadsSlice'

const NewUploadDialog = lazy(() => import('./NewUploadDialog'))

type UploadsRoot = { uploads: ReturnType<typeof uploadsSlice.getInitialState> }

interface DatasetUploadsProps {
  dataset: { id: string; slug: string }
  prominent: boolean
  /** An archived dataset takes no new versions. */
  archived: boolean
  /** A version whose columns the next file probably has. */
  columnsOf: string | null
  /** What the form of the next upload begins with; null: it is closed. */
  options: ReadOptionsDraft | null
  onOptions: (options: ReadOptionsDraft | null) => void
}

/** The drop zone of a dataset and the files that are on their way into it. */
export function DatasetUploads(props: DatasetUploadsProps) {
  const { dataset, prominent, archived, columnsOf, options, onOptions } = props
  const { t } = useTranslation()
  const mayWrite = useMay('WRITE')
  const entries = useSelector((root: UploadsRoot) => selectDatasetUploads(root, dataset.id))
  const queue = useUploadQueue()
  useEffect(() => void queue.findLeft(), [queue])
  return (
    <Stack spacing={2}>
      <UploadDropZone
        dataset={dataset}
        prominent={prominent && entries.length === 0}
        onOptions={() => onOptions(FIND_ALL_OUT)}
        closed={archived ? t('upload.archived') : mayWrite ? null : t('needs.WRITE')}
      />
      {entries.length > 0 && (
        <Paper variant="outlined" sx={{ p: 2 }}>
          <Stack spacing={2.5}>
            {entries.map((entry) => (
              <UploadProgress key={entry.id} entry={entry} columnsOf={columnsOf} />
            ))}
          </Stack>
        </Paper>
      )}
      {options && (
        <Suspense>
          <NewUploadDialog
            dataset={dataset}
            options={options}
            columnsOf={columnsOf}
            onClose={() => onOptions(null)}
          />
        </Suspense>
      )}
    </Stack>
  )
}
