import CloseIcon from '@mui/icons-material/Close'
import Box from '@mui/material/Box'
import Drawer from '@mui/material/Drawer'
import IconButton from '@mui/material/IconButton'
import { useId, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface SideDrawerProps {
  /** What a screen reader calls the dialog. */
  heading: ReactNode
  /** Below the heading; not part of the dialog's name. */
  detail?: ReactNode
  /** Pixels, where the window has them. */
  width: number
  onClose: () => void
  children: ReactNode
}

/** What is known of one thing of a list, beside the list. */
export function SideDrawer({ heading, detail, width, onClose, children }: SideDrawerProps) {
  const { t } = useTranslation()
  const titleId = useId()
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      slotProps={{
        paper: { role: 'dialog', 'aria-modal': true, 'aria-labelledby': titleId, sx: { width: { xs: 1, sm: width }, maxWidth: 1 } },
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1, p: 2.5, borderBottom: 1, borderColor: 'divider' }}>
        <Box sx={{ flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
          <div id={titleId}>{heading}</div>
          {detail}
        </Box>
        <IconButton aria-label={t('close')} onClick={onClose} edge="end">
          <CloseIcon />
        </IconButton>
      </Box>
      <Box sx={{ p: 2.5, overflowY: 'auto' }}>{children}</Box>
    </Drawer>
  )
}
