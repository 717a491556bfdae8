import UploadFileIcon from '@mui/icons-material/UploadFile'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useRef, useState, type ChangeEvent, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useUploadQueue } from './useUploadQueue'

interface UploadDropZoneProps {
  dataset: { id: string; slug: string }
  /** A dataset without data gets a bigger invitation. */
  prominent: boolean
  onOptions: () => void
  /** Why nothing can be uploaded, for people; null when it can. */
  closed: string | null
}

/** Where files are dropped or chosen; each becomes a new version of the dataset. */
export function UploadDropZone({ dataset, prominent, onOptions, closed }: UploadDropZoneProps) {
  const { t } = useTranslation()
  const queue = useUploadQueue()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)

  function add(files: FileList | null) {
    if (closed !== null) return
    for (const file of files ?? []) void queue.add(dataset, file)
  }

  function drop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    add(event.dataTransfer.files)
  }

  function choose(event: ChangeEvent<HTMLInputElement>) {
    add(event.target.files)
    // Otherwise choosing the same file again would not count as a change.
    event.target.value = ''
  }

  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      sx={{
        display: 'flex',
        flexDirection: prominent ? 'column' : { xs: 'column', sm: 'row' },
        alignItems: 'center',
        justifyContent: 'center',
        textAlign: prominent ? 'center' : { xs: 'center', sm: 'left' },
        gap: prominent ? 1.5 : 2,
        px: 3,
        py: prominent ? 6 : 2.5,
        border: '1.5px dashed',
        borderColor: over ? 'primary.main' : 'text.disabled',
        borderRadius: 1,
        bgcolor: over ? 'action.hover' : 'background.paper',
        transition: 'border-color 120ms, background-color 120ms',
      }}
    >
      <UploadFileIcon aria-hidden sx={{ fontSize: prominent ? 44 : 32, color: 'primary.main' }} />
      <Box sx={{ flexGrow: prominent ? 0 : 1 }}>
        <Typography variant={prominent ? 'h2' : 'h3'} component="p">
          {prominent ? t('upload.firstTitle') : t('upload.title')}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {closed ?? t('upload.lead')}
        </Typography>
      </Box>
      <Stack direction="row" spacing={1} sx={{ flexShrink: 0 }}>
        <Button variant={prominent ? 'contained' : 'outlined'} disabled={closed !== null} onClick={() => input.current?.click()}>
          {t('upload.choose')}
        </Button>
        <Button aria-haspopup="dialog" disabled={closed !== null} onClick={onOptions}>
          {t('upload.options')}
        </Button>
      </Stack>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        disabled={closed !== null}
        aria-label={t('upload.choose')}
        onChange={choose}
      />
    </Box>
  )
}
