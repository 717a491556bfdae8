import CancelIcon from '@mui/icons-material/Cancel'
import CheckCircleIcon from '@mui/icons-material/CheckCircle'
import ErrorIcon from '@mui/icons-material/Error'
import HelpIcon from '@mui/icons-material/Help'
import HourglassEmptyIcon from '@mui/icons-material/HourglassEmpty'
import SyncIcon from '@mui/icons-material/Sync'
import WarningIcon from '@mui/icons-material/Warning'
import Chip from '@mui/material/Chip'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { QualityRunStatus } from '../../gql/graphql'

type Look = { color: 'default' | 'info' | 'success' | 'warning' | 'error' | 'secondary'; icon: ReactElement }

const LOOKS: Record<QualityRunStatus, Look> = {
  QUEUED: { color: 'info', icon: <HourglassEmptyIcon /> },
  RUNNING: { color: 'info', icon: <SyncIcon /> },
  PASSED: { color: 'success', icon: <CheckCircleIcon /> },
  WARNED: { color: 'warning', icon: <WarningIcon /> },
  FAILED: { color: 'error', icon: <ErrorIcon /> },
  ERROR: { color: 'secondary', icon: <HelpIcon /> },
  CANCELLED: { color: 'default', icon: <CancelIcon /> },
}

interface RunStatusChipProps {
  status: QualityRunStatus
  /** Where its results stand; without it the chip is no link. */
  to?: string
}

/** The verdict of a quality run, or how far it has come. */
export function RunStatusChip({ status, to }: RunStatusChipProps) {
  const { t } = useTranslation()
  const { color, icon } = LOOKS[status]
  const common = { size: 'small', variant: 'outlined', color, icon, label: t(`qualityRunStatus.${status}`) } as const
  return to ? <Chip {...common} component={Link} to={to} clickable /> : <Chip {...common} />
}
