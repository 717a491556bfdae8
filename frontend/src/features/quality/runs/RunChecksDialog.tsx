import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RunQualityChecks } from '../rules/ruleOperations'
import { useAttempt } from '../useAttempt'

export interface CheckableVersion {
  id: string
  number: number
  isCurrent: boolean
}

interface RunChecksDialogProps {
  /** READY ones, newest first. */
  versions: readonly CheckableVersion[]
  versionId: string
  onStarted: (runId: string) => void
  onClose: () => void
}

/** Which version is checked by all enabled rules, and whether all bad rows are kept. */
export default function RunChecksDialog({ versions, versionId, onStarted, onClose }: RunChecksDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const { attempt, problem } = useAttempt()
  const [chosen, setChosen] = useState(versionId)
  const [keepFailedRows, setKeepFailedRows] = useState(false)
  const [run, { loading }] = useMutation(RunQualityChecks)

  function submit() {
    return attempt(async () => {
      const payload = (await run({ variables: { input: { versionId: chosen, keepFailedRows } } })).data?.runQualityChecks
      if (payload?.run) onStarted(payload.run.id)
      return payload?.errors
    })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="xs" fullWidth>
      <DialogTitle id={titleId}>{t('quality.runTitle')}</DialogTitle>
      <DialogContent>
        <Stack spacing={2} sx={{ pt: 1 }}>
          {problem && <Alert severity="error">{problem}</Alert>}
          <TextField select size="small" label={t('version.label')} value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {versions.map(({ id, number, isCurrent }) => (
              <MenuItem key={id} value={id}>
                {isCurrent ? t('version.titleCurrent', { number }) : t('version.title', { number })}
              </MenuItem>
            ))}
          </TextField>
          <div>
            <FormControlLabel
              control={<Switch checked={keepFailedRows} onChange={(_event, on) => setKeepFailedRows(on)} />}
              label={t('quality.keepFailedRows')}
            />
            <FormHelperText sx={{ mt: 0 }}>{t('quality.keepFailedRowsHelp')}</FormHelperText>
          </div>
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button variant="contained" loading={loading} onClick={submit}>
          {t('quality.runAll')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
