import CheckCircleIcon from '@mui/icons-material/CheckCircle'
import ErrorIcon from '@mui/icons-material/Error'
import HelpIcon from '@mui/icons-material/Help'
import RemoveCircleIcon from '@mui/icons-material/RemoveCircle'
import WarningIcon from '@mui/icons-material/Warning'
import Chip from '@mui/material/Chip'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { QualityStatus } from '../../gql/graphql'

export type StatusColor = 'default' | 'success' | 'warning' | 'error' | 'secondary'

// Never by colour alone: each status has an icon and a word.
const LOOKS: Record<QualityStatus, { color: StatusColor; icon: ReactElement }> = {
  PASS: { color: 'success', icon: <CheckCircleIcon /> },
  WARN: { color: 'warning', icon: <WarningIcon /> },
  FAIL: { color: 'error', icon: <ErrorIcon /> },
  ERROR: { color: 'secondary', icon: <HelpIcon /> },
  SKIPPED: { color: 'default', icon: <RemoveCircleIcon /> },
}

/** What a rule found; null: it has not run as it is now. */
export function QualityStatusChip({ status }: { status: QualityStatus | null }) {
  const { t } = useTranslation()
  if (status === null) return <Chip size="small" variant="outlined" label={t('qualityStatus.NONE')} />
  const { color, icon } = LOOKS[status]
  return <Chip size="small" variant="outlined" color={color} icon={icon} label={t(`qualityStatus.${status}`)} />
}
