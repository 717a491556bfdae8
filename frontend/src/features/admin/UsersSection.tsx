import { useQuery } from '@apollo/client/react'
import PersonAddIcon from '@mui/icons-material/PersonAddAlt'
import PersonSearchIcon from '@mui/icons-material/PersonSearch'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { SearchField } from '../../components/SearchField'
import { useAddressParams } from '../../components/useAddressParams'
import type { UserFilter } from '../../gql/graphql'
import { InviteDialog } from './InviteDialog'
import { ListFrame } from './ListFrame'
import { ROLES } from './roles'
import { SectionFrame } from './SectionFrame'
import { UserDrawer } from './UserDrawer'
import { UserRow } from './UserRow'
import { UsersSectionUsers } from './userOperations'

const PAGE_SIZE = 50

const STATES = ['active', 'deactivated'] as const

/** All accounts. */
export default function UsersSection() {
  const { t } = useTranslation()
  const [read, change] = useAddressParams()
  const [inviting, setInviting] = useState(false)
  const role = ROLES.find((one) => one === read('role'))
  const state = STATES.find((one) => one === read('state'))
  const filter: UserFilter = {
    ...(read('q') && { text: read('q') }),
    ...(role && { role }),
    ...(state && { active: state === 'active' }),
  }
  const { data, error, loading, refetch, fetchMore } = useQuery(UsersSectionUsers, {
    variables: { first: PAGE_SIZE, filter },
    fetchPolicy: 'cache-and-network',
    notifyOnNetworkStatusChange: true,
  })
  const { edges, pageInfo } = data?.users ?? {}
  return (
    <SectionFrame
      title={t('admin.sections.users')}
      lead={t('admin.users.lead')}
      action={
        <Button variant="contained" startIcon={<PersonAddIcon />} aria-haspopup="dialog" onClick={() => setInviting(true)}>
          {t('admin.users.invite')}
        </Button>
      }
    >
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: 'wrap' }}>
        <SearchField label={t('admin.users.search')} value={read('q')} onSearch={(q) => change({ q })} />
        <TextField
          select
          size="small"
          label={t('admin.users.role')}
          value={role ?? ''}
          onChange={(event) => change({ role: event.target.value })}
          sx={{ minWidth: 140, flexGrow: { xs: 1, sm: 0 } }}
        >
          <MenuItem value="">{t('admin.any')}</MenuItem>
          {ROLES.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`account.roles.${one}`)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          size="small"
          label={t('admin.users.state')}
          value={state ?? ''}
          onChange={(event) => change({ state: event.target.value })}
          sx={{ minWidth: 140, flexGrow: { xs: 1, sm: 0 } }}
        >
          <MenuItem value="">{t('admin.any')}</MenuItem>
          {STATES.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`admin.users.${one}`)}
            </MenuItem>
          ))}
        </TextField>
      </Stack>
      <ListFrame
        count={edges?.length}
        error={error}
        failed={t('admin.users.failed')}
        onRetry={() => void refetch()}
        loading={loading}
        onMore={pageInfo?.hasNextPage ? () => void fetchMore({ variables: { after: pageInfo.endCursor } }) : null}
        empty={<EmptyState icon={<PersonSearchIcon />} title={t('admin.users.nobody')} />}
      >
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>{t('admin.users.person')}</TableCell>
              <TableCell>{t('admin.users.role')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', sm: 'table-cell' } }}>{t('admin.users.state')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', lg: 'table-cell' } }}>{t('admin.sections.teams')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>{t('admin.users.lastActive')}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {edges?.map(({ node }) => (
              <UserRow key={node.id} user={node} onOpen={() => change({ user: node.id })} />
            ))}
          </TableBody>
        </Table>
      </ListFrame>
      {read('user') && <UserDrawer key={read('user')} id={read('user')} onClose={() => change({ user: null })} />}
      {inviting && (
        <InviteDialog
          onClose={() => setInviting(false)}
          onDone={(id) => {
            setInviting(false)
            change({ user: id })
          }}
        />
      )}
    </SectionFrame>
  )
}
