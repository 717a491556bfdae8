import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import { useSelector } from 'react-redux'
import { UploadDropZone } from './UploadDropZone'
import { UploadProgress } from './UploadProgress'
import { selectDatasetUploads, type uploadsSlice } from './uploadsSlice'

type UploadsRoot = { uploads: ReturnType<typeof uploadsSlice.getInitialState> }

interface DatasetUploadsProps {
  dataset: { id: string; slug: string }
  prominent: boolean
}

/** The drop zone of a dataset and the files that are on their way into it. */
export function DatasetUploads({ dataset, prominent }: DatasetUploadsProps) {
  const entries = useSelector((root: UploadsRoot) => selectDatasetUploads(root, dataset.id))
  return (
    <Stack spacing={2}>
      <UploadDropZone dataset={dataset} prominent={prominent && entries.length === 0} />
      {entries.length > 0 && (
        <Paper variant="outlined" sx={{ p: 2 }}>
          <Stack spacing={2.5}>
            {entries.map((entry) => (
              <UploadProgress key={entry.id} entry={entry} />
            ))}
          </Stack>
        </Paper>
      )}
    </Stack>
  )
}
