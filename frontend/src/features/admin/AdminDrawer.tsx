import CloseIcon from '@mui/icons-material/Close'
import Box from '@mui/material/Box'
import Drawer from '@mui/material/Drawer'
import IconButton from '@mui/material/IconButton'
import { useId, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface AdminDrawerProps {
  heading: ReactNode
  onClose: () => void
  children: ReactNode
}

/** What is known of one thing of a list, beside the list. */
export function AdminDrawer({ heading, onClose, children }: AdminDrawerProps) {
  const { t } = useTranslation()
  const titleId = useId()
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      slotProps={{
        paper: { role: 'dialog', 'aria-labelledby': titleId, 'aria-modal': true, sx: { width: { xs: '100%', sm: 460 } } },
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1, p: 2.5, borderBottom: 1, borderColor: 'divider' }}>
        <Box id={titleId} sx={{ flexGrow: 1, minWidth: 0 }}>
          {heading}
        </Box>
        <IconButton aria-label={t('close')} onClick={onClose} edge="end">
          <CloseIcon />
        </IconButton>
      </Box>
      <Box sx={{ p: 2.5, overflowY: 'auto' }}>{children}</Box>
    </Drawer>
  )
}
