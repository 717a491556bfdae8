import Button from '@mui/material/Button'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import VolumeOffIcon from '@mui/icons-material/VolumeOff'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDateTime } from '../../../lib/format'
import { endOf, isMuted, type MuteSpan } from './muting'

const SPANS: readonly MuteSpan[] = ['hour', 'day', 'week']

interface MuteButtonProps {
  mutedUntil: string | null
  disabled?: boolean
  /** Null: no longer muted. */
  onMute: (until: string | null) => void
}

/** Until when nobody is notified; it passes by itself. */
export function MuteButton({ mutedUntil, disabled = false, onMute }: MuteButtonProps) {
  const { t, i18n } = useTranslation()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const muted = isMuted(mutedUntil)
  function choose(until: string | null) {
    setAnchor(null)
    onMute(until)
  }
  return (
    <>
      <Button
        size="small"
        variant="outlined"
        startIcon={<VolumeOffIcon />}
        disabled={disabled}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {muted && mutedUntil ? t('incidents.mutedUntil', { time: formatDateTime(mutedUntil, i18n.language) }) : t('incidents.mute')}
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {SPANS.map((span) => (
          <MenuItem key={span} onClick={() => choose(endOf(span))}>
            {t(`incidents.spans.${span}`)}
          </MenuItem>
        ))}
        {muted && <MenuItem onClick={() => choose(null)}>{t('incidents.unmute')}</MenuItem>}
      </Menu>
    </>
  )
}
