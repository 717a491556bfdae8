import { useApolloClient, useMutation, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { SideDrawer } from '../../components/SideDrawer'
import { ConfirmDialog } from '../../components/ConfirmDialog'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { inputProblems, type FieldProblem } from '../../components/fieldProblems'
import { Person } from '../../components/Person'
import { useProof } from '../../components/proof/useProof'
import { UserPicker } from '../../components/UserPicker'
import type { TeamDrawerQuery } from '../../gql/graphql'
import { TeamFields, TEAM_FIELDS } from './TeamFields'
import { AddTeamMember, DeleteTeam, RemoveTeamMember, TeamDrawerTeam, UpdateTeam } from './teamOperations'

interface TeamDrawerProps {
  id: string
  onClose: () => void
}

/** A team, its members, and what an administrator may do with it. */
export function TeamDrawer({ id, onClose }: TeamDrawerProps) {
  const { t } = useTranslation()
  const { data, error, refetch, fetchMore } = useQuery(TeamDrawerTeam, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
  })
  const node = data?.node
  if (node?.__typename === 'Team') {
    const { endCursor, hasNextPage } = node.everybody.pageInfo
    return (
      <Known
        node={node}
        onClose={onClose}
        onChanged={() => void refetch()}
        onMore={hasNextPage ? () => void fetchMore({ variables: { after: endCursor } }) : null}
      />
    )
  }
  return (
    <SideDrawer width={460} heading={<Typography variant="h2">{t('admin.teams.team')}</Typography>} onClose={onClose}>
      {error ? (
        <ErrorState title={t('admin.teams.failed')} error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <EmptyState icon={null} title={t('admin.teams.unknown')} />
      ) : (
        <Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />
      )}
    </SideDrawer>
  )
}

interface KnownProps {
  node: Extract<NonNullable<TeamDrawerQuery['node']>, { __typename: 'Team' }>
  onClose: () => void
  onChanged: () => void
  onMore: (() => void) | null
}

function Known({ node: team, onClose, onChanged, onMore }: KnownProps) {
  const { t } = useTranslation()
  const client = useApolloClient()
  const present = { name: team.name, description: team.description ?? '' }
  const [edits, setEdits] = useState(present)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const [deleting, setDeleting] = useState(false)
  const { attempt, problem, dialog } = useProof()
  const [update, updating] = useMutation(UpdateTeam)
  const [remove] = useMutation(DeleteTeam)
  const [add] = useMutation(AddTeamMember)
  const [takeOut] = useMutation(RemoveTeamMember)
  const changed = edits.name !== present.name || edits.description !== present.description

  function save(event: FormEvent) {
    event.preventDefault()
    setProblems([])
    return attempt(async () => {
      const payload = (await update({ variables: { input: { id: team.id, ...edits } } })).data?.updateTeam
      const found = inputProblems(payload?.errors ?? [])
      setProblems(found)
      return payload?.errors.filter((_error, index) => !TEAM_FIELDS.includes(found[index]?.field ?? ''))
    })
  }

  function leave() {
    return attempt(async () => {
      const payload = (await remove({ variables: { input: { id: team.id } } })).data?.deleteTeam
      if (payload?.deletedId) {
        onClose()
        client.cache.evict({ id: client.cache.identify({ __typename: 'Team', id: team.id }) ?? team.id })
        client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'teams' })
        client.cache.gc()
      }
      return payload?.errors
    })
  }

  return (
    <SideDrawer
      width={460}
      heading={<Person name={team.name} detail={t('admin.teams.memberCount', { count: team.memberCount })} />}
      onClose={onClose}
    >
      <Stack spacing={3}>
        {problem && <Alert severity="error">{problem}</Alert>}
        <Stack component="form" spacing={2} onSubmit={save}>
          <TeamFields edits={edits} problems={problems} onChange={setEdits} />
          <Button type="submit" variant="outlined" sx={{ alignSelf: 'flex-start' }} disabled={!changed} loading={updating.loading}>
            {t('settings.save')}
          </Button>
        </Stack>
        <section>
          <Typography variant="h3" component="h2" sx={{ mb: 1.5 }}>
            {t('admin.teams.members')}
          </Typography>
          <UserPicker
            label={t('admin.teams.add')}
            value={null}
            onPick={(user) =>
              user &&
              attempt(async () => {
                const input = { teamId: team.id, userId: user.id }
                const payload = (await add({ variables: { input } })).data?.addTeamMember
                if (payload?.team) onChanged()
                return payload?.errors
              })
            }
          />
          <Stack component="ul" spacing={1} sx={{ listStyle: 'none', m: 0, mt: 1.5, p: 0 }}>
            {team.everybody.edges.map(({ node: member }) => (
              <Stack key={member.id} component="li" direction="row" sx={{ alignItems: 'center', justifyContent: 'space-between' }}>
                <Person name={member.displayName} detail={member.email} muted={!member.active} />
                <Button
                  aria-label={t('admin.teams.takeOut', { name: member.displayName })}
                  onClick={() =>
                    attempt(async () => {
                      const input = { teamId: team.id, userId: member.id }
                      const payload = (await takeOut({ variables: { input } })).data?.removeTeamMember
                      if (payload?.team) onChanged()
                      return payload?.errors
                    })
                  }
                >
                  {t('admin.teams.remove')}
                </Button>
              </Stack>
            ))}
          </Stack>
          {team.everybody.edges.length === 0 && <Typography color="textSecondary">{t('admin.teams.nobody')}</Typography>}
          {onMore && <Button onClick={onMore}>{t('more')}</Button>}
        </section>
        <Button
          variant="outlined"
          color="error"
          aria-haspopup="dialog"
          sx={{ alignSelf: 'flex-start' }}
          onClick={() => setDeleting(true)}
        >
          {t('admin.teams.delete')}
        </Button>
      </Stack>
      {deleting && (
        <ConfirmDialog
          title={t('admin.teams.deleteTitle', { name: team.name })}
          question={t('admin.teams.deleteQuestion')}
          action={t('admin.teams.delete')}
          onConfirm={leave}
          onClose={() => setDeleting(false)}
        />
      )}
      {dialog}
    </SideDrawer>
  )
}
