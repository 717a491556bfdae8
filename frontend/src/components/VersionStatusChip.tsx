import CheckCircleIcon from '@mui/icons-material/CheckCircle'
import ErrorIcon from '@mui/icons-material/Error'
import HourglassEmptyIcon from '@mui/icons-material/HourglassEmpty'
import RemoveCircleIcon from '@mui/icons-material/RemoveCircle'
import SyncIcon from '@mui/icons-material/Sync'
import Chip from '@mui/material/Chip'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { VersionStatus } from '../gql/graphql'

type Look = { color: 'default' | 'info' | 'success' | 'error' | 'warning'; icon: ReactElement }

// Never by colour alone: each state has an icon and a word.
const LOOKS: Record<VersionStatus, Look> = {
  AWAITING_UPLOAD: { color: 'default', icon: <HourglassEmptyIcon /> },
  QUEUED: { color: 'info', icon: <HourglassEmptyIcon /> },
  PROCESSING: { color: 'info', icon: <SyncIcon /> },
  READY: { color: 'success', icon: <CheckCircleIcon /> },
  FAILED: { color: 'error', icon: <ErrorIcon /> },
  QUARANTINED: { color: 'error', icon: <ErrorIcon /> },
  EXPIRED: { color: 'default', icon: <RemoveCircleIcon /> },
  DELETED: { color: 'default', icon: <RemoveCircleIcon /> },
}

/** The state of a version's data. */
export function VersionStatusChip({ status }: { status: VersionStatus }) {
  const { t } = useTranslation()
  const { color, icon } = LOOKS[status]
  return <Chip size="small" variant="outlined" color={color} icon={icon} label={t(`versionStatus.${status}`)} />
}
