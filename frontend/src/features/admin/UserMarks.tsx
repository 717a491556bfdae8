import Chip from '@mui/material/Chip'
import { useTranslation } from 'react-i18next'

interface UserStateProps {
  active: boolean
  invitationPending: boolean
}

/** Whether somebody can sign in. */
export function UserState({ active, invitationPending }: UserStateProps) {
  const { t } = useTranslation()
  if (!active) return <Chip size="small" variant="outlined" label={t('admin.users.deactivated')} />
  if (invitationPending) return <Chip size="small" color="warning" variant="outlined" label={t('admin.users.invited')} />
  return <Chip size="small" color="success" variant="outlined" label={t('admin.users.active')} />
}
