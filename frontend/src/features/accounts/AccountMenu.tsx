import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import LogoutIcon from '@mui/icons-material/Logout'
import TerminalIcon from '@mui/icons-material/Terminal'
import Avatar from '@mui/material/Avatar'
import Box from '@mui/material/Box'
import Divider from '@mui/material/Divider'
import IconButton from '@mui/material/IconButton'
import ListItemIcon from '@mui/material/ListItemIcon'
import MenuItem from '@mui/material/MenuItem'
import MenuList from '@mui/material/MenuList'
import Popover from '@mui/material/Popover'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDispatch } from 'react-redux'
import { graphql } from '../../gql'
import { PreferenceButtons } from './PreferenceButtons'
import { phaseChanged } from './sessionSlice'
import { useTokens } from './TokensContext'

const AccountMenuViewer = graphql(`
  query AccountMenu {
    viewer {
      id
      email
      displayName
      role
    }
  }
`)

const SignOut = graphql(`
  mutation SignOut {
    signOut {
      errors {
        code
        message
      }
    }
  }
`)

export function AccountMenu() {
  const { t } = useTranslation()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const { data } = useQuery(AccountMenuViewer)
  const [signOut] = useMutation(SignOut)
  const client = useApolloClient()
  const tokens = useTokens()
  const dispatch = useDispatch()
  const viewer = data?.viewer

  async function leave() {
    // Whatever the server says, this page forgets the session: that is what was asked for.
    await signOut().catch(() => undefined)
    tokens.clear()
    dispatch(phaseChanged('SIGNED_OUT'))
    await client.clearStore()
  }

  return (
    <>
      <IconButton
        aria-label={t('account.menu')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ p: 0.5 }}
      >
        <Avatar sx={{ width: 32, height: 32, fontSize: '0.875rem', bgcolor: 'primary.main' }}>
          {viewer?.displayName.slice(0, 1).toLocaleUpperCase()}
        </Avatar>
      </IconButton>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        slotProps={{ paper: { 'aria-label': t('account.menu'), variant: 'outlined', sx: { mt: 1, minWidth: 260 } } }}
      >
        {viewer && (
          <Box sx={{ px: 2, pt: 2, pb: 1.5 }}>
            <Typography sx={{ fontWeight: 600 }}>{viewer.displayName}</Typography>
            <Typography variant="body2" color="text.secondary">
              {viewer.email}
            </Typography>
            <Typography variant="body2" color="text.secondary">
              {t(`account.roles.${viewer.role}`)}
            </Typography>
          </Box>
        )}
        <Divider />
        <Box sx={{ px: 2, py: 2, maxWidth: 300 }}>
          <PreferenceButtons />
        </Box>
        <Divider />
        <MenuList>
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
    </>
  )
}
