import AdminPanelSettingsIcon from '@mui/icons-material/AdminPanelSettings'
import LogoutIcon from '@mui/icons-material/Logout'
import ManageAccountsIcon from '@mui/icons-material/ManageAccounts'
import TerminalIcon from '@mui/icons-material/Terminal'
import Box from '@mui/material/Box'
import Divider from '@mui/material/Divider'
import ListItemIcon from '@mui/material/ListItemIcon'
import MenuItem from '@mui/material/MenuItem'
import MenuList from '@mui/material/MenuList'
import Popover from '@mui/material/Popover'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import type { AccountMenuQuery } from '../../gql/graphql'
import { PreferenceButtons } from './PreferenceButtons'
import { useSignOut } from './useSignOut'

interface AccountPanelProps {
  anchor: HTMLElement
  viewer: AccountMenuQuery['viewer'] | null
  onClose: () => void
}

/** Who is signed in, what they prefer, and the way out. */
export default function AccountPanel({ anchor, viewer, onClose }: AccountPanelProps) {
  const { t } = useTranslation()
  const leave = useSignOut()

  return (
    <Popover
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
      transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      slotProps={{
        paper: {
          role: 'dialog',
          'aria-label': t('shell.account'),
          variant: 'outlined',
          sx: { mt: 1, width: 300 },
        },
      }}
    >
      {viewer && (
        <Box sx={{ px: 2, pt: 2, pb: 1.5 }}>
          <Typography sx={{ fontWeight: 600 }}>{viewer.displayName}</Typography>
          <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {viewer.email}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {t(`account.roles.${viewer.role}`)}
          </Typography>
        </Box>
      )}
      <Divider />
      <Box sx={{ px: 2, py: 2 }}>
        <PreferenceButtons />
      </Box>
      <Divider />
      <MenuList>
        <MenuItem component={RouterLink} to="/account" onClick={onClose}>
          <ListItemIcon>
            <ManageAccountsIcon fontSize="small" />
          </ListItemIcon>
          {t('account.settings')}
        </MenuItem>
        {viewer?.role === 'ADMIN' && (
          <MenuItem component={RouterLink} to="/admin" onClick={onClose}>
            <ListItemIcon>
              <AdminPanelSettingsIcon fontSize="small" />
            </ListItemIcon>
            {t('account.administration')}
          </MenuItem>
        )}
        <MenuItem component="a" href="/graphiql" target="_blank" rel="noreferrer">
          <ListItemIcon>
            <TerminalIcon fontSize="small" />
          </ListItemIcon>
          {t('account.graphiql')}
        </MenuItem>
        <MenuItem onClick={leave}>
          <ListItemIcon>
            <LogoutIcon fontSize="small" />
          </ListItemIcon>
          {t('account.signOut')}
        </MenuItem>
      </MenuList>
    </Popover>
  )
}
