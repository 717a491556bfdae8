import VerifiedUserIcon from '@mui/icons-material/VerifiedUserOutlined'
import ButtonBase from '@mui/material/ButtonBase'
import Chip from '@mui/material/Chip'
import Stack from '@mui/material/Stack'
import TableCell from '@mui/material/TableCell'
import TableRow from '@mui/material/TableRow'
import Tooltip from '@mui/material/Tooltip'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/Person'
import { TimeAgo } from '../../components/TimeAgo'
import { readFragment, type FragmentType } from '../../gql'
import { UserState } from './UserMarks'
import { UserRow_user } from './userOperations'

interface UserRowProps {
  user: FragmentType<typeof UserRow_user>
  onOpen: () => void
}

/** An account in the list; opens what is known of it. */
export function UserRow(props: UserRowProps) {
  const { t } = useTranslation()
  const user = readFragment(UserRow_user, props.user)
  return (
    <TableRow hover sx={{ position: 'relative', '&:last-child td': { border: 0 } }}>
      <TableCell>
        {/* Its area is the whole row: one thing to aim at, and one stop of the keyboard. */}
        <ButtonBase
          onClick={props.onOpen}
          aria-haspopup="dialog"
          sx={{
            textAlign: 'left',
            borderRadius: 1,
            '&::after': { content: '""', position: 'absolute', inset: 0 },
            '&.Mui-focusVisible::after': { outline: 2, outlineColor: 'primary.main', outlineOffset: -2 },
          }}
        >
          <Person
            name={user.displayName}
            detail={user.email}
            muted={!user.active}
            mark={
              user.mfaEnabled && (
                <Tooltip title={t('admin.users.mfaOn')}>
                  <VerifiedUserIcon
                    titleAccess={t('admin.users.mfaOn')}
                    color="success"
                    sx={{ fontSize: 16, verticalAlign: 'text-bottom' }}
                  />
                </Tooltip>
              )
            }
          />
        </ButtonBase>
      </TableCell>
      <TableCell sx={{ whiteSpace: 'nowrap' }}>{t(`account.roles.${user.role}`)}</TableCell>
      <TableCell sx={{ display: { xs: 'none', sm: 'table-cell' } }}>
        <UserState active={user.active} invitationPending={user.activity?.invitationPending ?? false} />
      </TableCell>
      <TableCell sx={{ display: { xs: 'none', lg: 'table-cell' } }}>
        <Stack direction="row" spacing={0.5} useFlexGap sx={{ flexWrap: 'wrap' }}>
          {user.teams.slice(0, 3).map((team) => (
            <Chip key={team.id} size="small" label={team.name} sx={{ maxWidth: 160 }} />
          ))}
          {user.teams.length > 3 && <Chip size="small" variant="outlined" label={`+${user.teams.length - 3}`} />}
        </Stack>
      </TableCell>
      <TableCell sx={{ display: { xs: 'none', md: 'table-cell' }, whiteSpace: 'nowrap', color: 'text.secondary' }}>
        {user.activity?.lastActiveAt ? <TimeAgo at={user.activity.lastActiveAt} /> : t('admin.users.never')}
      </TableCell>
    </TableRow>
  )
}
