import CloseIcon from '@mui/icons-material/Close'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import LinearProgress from '@mui/material/LinearProgress'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFailureText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { formatBytes } from '../../lib/format'
import { useUploadQueue } from './useUploadQueue'
import { isUnderWay, type UploadEntry, type UploadProblem } from './uploadsSlice'

const UploadOptionsDialog = lazy(() => import('./UploadOptionsDialog'))

interface UploadProgressProps {
  entry: UploadEntry
  /** A version whose columns the file probably has. */
  columnsOf: string | null
}

/** One file on its way: how far it is, and what can be done about it. */
export function UploadProgress({ entry, columnsOf }: UploadProgressProps) {
  const { t, i18n } = useTranslation()
  const queue = useUploadQueue()
  const failureText = useFailureText()
  const textOf = useProblemText()
  const [changing, setChanging] = useState(false)
  const { id, fileName, sizeBytes, doneBytes, phase, problem } = entry
  const measured = phase === 'CHECKING' || phase === 'SENDING'
  const percent = sizeBytes > 0 ? Math.min(100, (doneBytes / sizeBytes) * 100) : 100
  const underWay = isUnderWay(entry)
  const amount = measured
    ? t('upload.amount', {
        done: formatBytes(doneBytes, i18n.language),
        total: formatBytes(sizeBytes, i18n.language),
      })
    : formatBytes(sizeBytes, i18n.language)

  function problemText(described: UploadProblem): string {
    if (described.kind === 'details') return described.problems.map(textOf).join(' ')
    if (described.kind !== 'storage') return failureText(described)
    return described.status === 0
      ? t('upload.storageUnreachable')
      : t('upload.storageRefused', { status: described.status })
  }

  return (
    <Box>
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
        <Box sx={{ minWidth: 0, flexGrow: 1 }}>
          <Typography noWrap title={fileName} sx={{ fontWeight: 600 }}>
            {fileName}
          </Typography>
          <Typography variant="body2" color="textSecondary" role="status">
            {t(`upload.phases.${phase}`)} · {amount}
          </Typography>
        </Box>
        {problem?.kind === 'details' && problem.changeable && (
          <Button size="small" variant="outlined" onClick={() => setChanging(true)}>
            {t('upload.changeOptions')}
          </Button>
        )}
        {phase === 'INTERRUPTED' && (
          <Button size="small" variant="outlined" onClick={() => queue.resume(id)}>
            {t('upload.resume')}
          </Button>
        )}
        <IconButton
          size="small"
          aria-label={
            underWay || phase === 'INTERRUPTED'
              ? t('upload.cancel', { fileName })
              : t('upload.dismiss', { fileName })
          }
          onClick={() =>
            underWay || phase === 'INTERRUPTED' ? queue.cancel(id) : queue.dismiss(id)
          }
        >
          <CloseIcon fontSize="small" />
        </IconButton>
      </Stack>
      {(underWay || phase === 'INTERRUPTED') && (
        <LinearProgress
          aria-label={t('upload.progressOf', { fileName })}
          variant={measured || phase === 'INTERRUPTED' ? 'determinate' : 'indeterminate'}
          color={phase === 'INTERRUPTED' ? 'warning' : 'primary'}
          value={percent}
          sx={{ mt: 1, height: 6, borderRadius: 3 }}
        />
      )}
      {problem && (
        <Alert severity={phase === 'REFUSED' ? 'error' : 'warning'} sx={{ mt: 1 }}>
          {problemText(problem)} {phase === 'INTERRUPTED' && t('upload.kept')}
        </Alert>
      )}
      {changing && problem?.kind === 'details' && problem.changeable && entry.details && (
        <Suspense>
          <UploadOptionsDialog
            initial={entry.details}
            columnsOf={columnsOf}
            problems={problem.problems}
            fileName={fileName}
            onSubmit={(details) => {
              setChanging(false)
              void queue.change(id, details)
            }}
            onClose={() => setChanging(false)}
          />
        </Suspense>
      )}
    </Box>
  )
}
