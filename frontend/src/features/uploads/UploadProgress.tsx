import CloseIcon from '@mui/icons-material/Close'
import PauseIcon from '@mui/icons-material/Pause'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import IconButton from '@mui/material/IconButton'
import LinearProgress from '@mui/material/LinearProgress'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { lazy, Suspense, useRef, useState, type ChangeEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useFailureText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { formatBytes } from '../../lib/format'
import { useUploadQueue } from './useUploadQueue'
import { isStopped, isUnderWay, type UploadEntry, type UploadProblem } from './uploadsSlice'

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
  const input = useRef<HTMLInputElement>(null)
  const [changing, setChanging] = useState(false)
  const { id, fileName, sizeBytes, doneBytes, phase, problem } = entry
  const measured = phase === 'CHECKING' || phase === 'SENDING'
  const percent = sizeBytes > 0 ? Math.min(100, (doneBytes / sizeBytes) * 100) : 100
  const underWay = isUnderWay(entry)
  const stopped = isStopped(entry)
  const amount = measured
    ? t('upload.amount', {
        done: formatBytes(doneBytes, i18n.language),
        total: formatBytes(sizeBytes, i18n.language),
      })
    : formatBytes(sizeBytes, i18n.language)

  function chooseAgain(event: ChangeEvent<HTMLInputElement>) {
    const [file] = event.target.files ?? []
    if (file) void queue.continueWith(id, file)
    event.target.value = ''
  }

  function problemText(described: UploadProblem): string {
    if (described.kind === 'details') return described.problems.map(textOf).join(' ')
    if (described.kind === 'otherFile') return t('upload.otherFile', { fileName })
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
        {underWay && phase !== 'COMPLETING' && (
          <IconButton size="small" aria-label={t('upload.pause', { fileName })} onClick={() => queue.pause(id)}>
            <PauseIcon fontSize="small" />
          </IconButton>
        )}
        {phase === 'LEFT' && (
          <>
            <Button size="small" variant="outlined" onClick={() => input.current?.click()}>
              {t('upload.chooseAgain')}
            </Button>
            <input ref={input} type="file" hidden aria-label={t('upload.chooseAgain')} onChange={chooseAgain} />
          </>
        )}
        {(phase === 'INTERRUPTED' || phase === 'PAUSED') && (
          <Button size="small" variant="outlined" onClick={() => queue.resume(id)}>
            {t('upload.resume')}
          </Button>
        )}
        <IconButton
          size="small"
          aria-label={
            underWay || stopped
              ? t('upload.cancel', { fileName })
              : t('upload.dismiss', { fileName })
          }
          onClick={() =>
            underWay || stopped ? queue.cancel(id) : queue.dismiss(id)
          }
        >
          <CloseIcon fontSize="small" />
        </IconButton>
      </Stack>
      {(underWay || stopped) && (
        <LinearProgress
          aria-label={t('upload.progressOf', { fileName })}
          variant={measured || stopped ? 'determinate' : 'indeterminate'}
          color={stopped ? 'warning' : 'primary'}
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
