import CircularProgress from '@mui/material/CircularProgress'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Typography from '@mui/material/Typography'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useSelector } from 'react-redux'
import { Link as RouterLink, useMatch } from 'react-router'
import { isUnderWay, selectUploads } from './uploadsSlice'

/** Follows the person to other pages while a file is on its way, and asks before the tab is closed. */
export function UploadTray() {
  const { t } = useTranslation()
  const match = useMatch('/datasets/:slug/*')
  const underWay = useSelector(selectUploads).filter(isUnderWay)
  const elsewhere = underWay.filter((entry) => entry.datasetSlug !== match?.params.slug)
  const busy = underWay.length > 0

  useEffect(() => {
    if (!busy) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [busy])

  const [first] = elsewhere
  if (!first) return null
  return (
    <Paper
      variant="outlined"
      sx={{
        position: 'fixed',
        right: 16,
        bottom: 16,
        zIndex: 'snackbar',
        px: 2,
        py: 1.5,
        display: 'flex',
        alignItems: 'center',
        gap: 1.5,
        maxWidth: 360,
      }}
    >
      <CircularProgress size={18} aria-hidden />
      <Typography variant="body2" noWrap>
        {t('upload.tray', { count: elsewhere.length })}{' '}
        <Link component={RouterLink} to={`/datasets/${first.datasetSlug}`}>
          {t('upload.trayShow')}
        </Link>
      </Typography>
    </Paper>
  )
}
