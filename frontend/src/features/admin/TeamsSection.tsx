import { useQuery } from '@apollo/client/react'
import GroupAddIcon from '@mui/icons-material/GroupAddOutlined'
import GroupsIcon from '@mui/icons-material/Groups'
import AvatarGroup from '@mui/material/AvatarGroup'
import Button from '@mui/material/Button'
import ButtonBase from '@mui/material/ButtonBase'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { Initial, Person } from '../../components/Person'
import { SearchField } from '../../components/SearchField'
import { useAddressParams } from '../../components/useAddressParams'
import { formatInteger } from '../../lib/format'
import { ListFrame } from './ListFrame'
import { NewTeamDialog } from './NewTeamDialog'
import { SectionFrame } from './SectionFrame'
import { TeamDrawer } from './TeamDrawer'
import { TeamsSectionTeams } from './teamOperations'

const PAGE_SIZE = 50

/** All teams. */
export default function TeamsSection() {
  const { t, i18n } = useTranslation()
  const [read, change] = useAddressParams()
  const [making, setMaking] = useState(false)
  const { data, error, loading, refetch, fetchMore } = useQuery(TeamsSectionTeams, {
    variables: { first: PAGE_SIZE, ...(read('q') && { text: read('q') }) },
    fetchPolicy: 'cache-and-network',
    notifyOnNetworkStatusChange: true,
  })
  const { edges, pageInfo } = data?.teams ?? {}
  const newTeam = (
    <Button variant="contained" startIcon={<GroupAddIcon />} aria-haspopup="dialog" onClick={() => setMaking(true)}>
      {t('admin.teams.new')}
    </Button>
  )
  return (
    <SectionFrame title={t('admin.sections.teams')} lead={t('admin.teams.lead')} action={newTeam}>
      <SearchField label={t('admin.teams.search')} value={read('q')} onSearch={(q) => change({ q })} />
      <ListFrame
        count={edges?.length}
        error={error}
        failed={t('admin.teams.failed')}
        onRetry={() => void refetch()}
        loading={loading}
        onMore={pageInfo?.hasNextPage ? () => void fetchMore({ variables: { after: pageInfo.endCursor } }) : null}
        empty={
          <EmptyState icon={<GroupsIcon />} title={read('q') ? t('admin.teams.nothing') : t('admin.teams.none')}>
            {read('q') ? null : t('admin.teams.noneLead')}
          </EmptyState>
        }
      >
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>{t('admin.teams.team')}</TableCell>
              <TableCell component="td" sx={{ display: { xs: 'none', sm: 'table-cell' } }} />
              <TableCell align="right">{t('admin.teams.members')}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {edges?.map(({ node }) => (
              <TableRow key={node.id} hover sx={{ position: 'relative', '&:last-child td': { border: 0 } }}>
                <TableCell>
                  <ButtonBase
                    onClick={() => change({ team: node.id })}
                    aria-haspopup="dialog"
                    sx={{
                      textAlign: 'left',
                      borderRadius: 1,
                      '&::after': { content: '""', position: 'absolute', inset: 0 },
                      '&.Mui-focusVisible::after': { outline: 2, outlineColor: 'primary.main', outlineOffset: -2 },
                    }}
                  >
                    <Person name={node.name} detail={node.description} />
                  </ButtonBase>
                </TableCell>
                <TableCell sx={{ display: { xs: 'none', sm: 'table-cell' } }}>
                  <AvatarGroup sx={{ justifyContent: 'flex-end' }}>
                    {node.members.edges.map((member) => (
                      <Initial key={member.node.id} name={member.node.displayName} size={28} />
                    ))}
                  </AvatarGroup>
                </TableCell>
                <TableCell align="right">{formatInteger(node.memberCount, i18n.language)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </ListFrame>
      {read('team') && <TeamDrawer key={read('team')} id={read('team')} onClose={() => change({ team: null })} />}
      {making && (
        <NewTeamDialog
          onClose={() => setMaking(false)}
          onDone={(id) => {
            setMaking(false)
            change({ team: id })
          }}
        />
      )}
    </SectionFrame>
  )
}
