import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Link from '@mui/material/Link'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { Reasoned } from '../../components/Reasoned'
import { QualityStatusChip } from '../../components/quality/QualityStatusChip'
import { useMay } from '../../components/ViewerLevel'
import type { Violation } from './PublishButton'
import { SaidText } from '../../components/SaidText'

/** As long as the audit trail takes it. */
const LONGEST = 1_000

interface PublishRefusedDialogProps {
  /** Open while there are any. */
  violations: readonly Violation[]
  problem: string | null
  busy: boolean
  onOverride: (reason: string) => void
  onClose: () => void
}

/** Which rules keep a version from being published, and the way past them for those who may. */
export function PublishRefusedDialog(props: PublishRefusedDialogProps) {
  const { violations, problem, busy, onOverride, onClose } = props
  const { t } = useTranslation()
  const titleId = useId()
  const mayOverride = useMay('MANAGE')
  const [reason, setReason] = useState('')
  return (
    <Dialog open={violations.length > 0} onClose={onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId}>{t('publish.refusedTitle')}</DialogTitle>
      <DialogContent>
        <Typography color="textSecondary">{t('publish.refusedLead')}</Typography>
        <Box component="ul" sx={{ listStyle: 'none', m: 0, my: 2, p: 0, border: 1, borderColor: 'divider', borderRadius: 1 }}>
          {violations.map(({ rule, status, message, messagePhrase }) => (
            <Box
              component="li"
              key={rule.id}
              sx={{ display: 'flex', gap: 1.5, p: 1.5, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
            >
              <Box sx={{ flexShrink: 0 }}>
                <QualityStatusChip status={status === 'SKIPPED' ? null : status} />
              </Box>
              <Box sx={{ minWidth: 0 }}>
                <Link
                  component={RouterLink}
                  to={`/datasets/${rule.dataset.slug}/quality?rule=${encodeURIComponent(rule.id)}`}
                  sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}
                >
                  <bdi>{rule.name}</bdi>
                </Link>
                <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                  {status === 'SKIPPED' ? t('publish.notRun') : <SaidText phrase={messagePhrase}>{message}</SaidText>}
                </Typography>
              </Box>
            </Box>
          ))}
        </Box>
        {problem && (
          <Alert severity="error" sx={{ mb: 2 }}>
            {problem}
          </Alert>
        )}
        {mayOverride ? (
          <TextField
            label={t('publish.reason')}
            helperText={t('publish.reasonHelp')}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            slotProps={{ htmlInput: { maxLength: LONGEST } }}
            multiline
            fullWidth
          />
        ) : (
          <Alert severity="info">{t('publish.managersOnly')}</Alert>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('cancel')}</Button>
        {mayOverride && (
          <Reasoned reason={reason.trim() === '' ? t('publish.needsReason') : null}>
            {(disabled) => (
              <Button color="warning" variant="contained" loading={busy} disabled={disabled} onClick={() => onOverride(reason.trim())}>
                {t('publish.override')}
              </Button>
            )}
          </Reasoned>
        )}
      </DialogActions>
    </Dialog>
  )
}
