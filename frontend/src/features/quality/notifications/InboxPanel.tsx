import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Popover from '@mui/material/Popover'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Inbox } from './Inbox'

/** The inbox behind the bell. */
export default function InboxPanel({ anchor, onClose }: { anchor: HTMLElement; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Popover
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
      transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      slotProps={{ paper: { role: 'dialog', 'aria-label': t('inbox.title'), sx: { width: 420, maxWidth: 'calc(100vw - 32px)' } } }}
    >
      <Box sx={{ maxHeight: 460, overflowY: 'auto', p: 2 }}>
        <Inbox first={15} onFollow={onClose} />
      </Box>
      <Box sx={{ borderTop: 1, borderColor: 'divider', p: 1, textAlign: 'center' }}>
        <Button component={Link} to="/notifications" onClick={onClose}>
          {t('inbox.all')}
        </Button>
      </Box>
    </Popover>
  )
}
