import { skipToken, useQuery } from '@apollo/client/react'
import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'
import { UserPicker, type PickedUser } from '../../components/UserPicker'
import { formatDateTime } from '../../lib/format'
import { AccessOf } from './accessOperations'

/** Why somebody has access, or that they have none. */
export function WhyCard({ datasetId }: { datasetId: string }) {
  const { t } = useTranslation()
  const [user, setUser] = useState<PickedUser | null>(null)
  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Typography variant="h2" sx={{ mb: 0.5 }}>
        {t('access.why')}
      </Typography>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {t('access.whyLead')}
      </Typography>
      <Box sx={{ maxWidth: 360 }}>
        <UserPicker label={t('access.holders_USER')} value={user} onPick={setUser} all />
      </Box>
      {user && <Explanation key={user.id} datasetId={datasetId} user={user} />}
    </Paper>
  )
}

function Explanation({ datasetId, user }: { datasetId: string; user: PickedUser }) {
  const { t, i18n } = useTranslation()
  const { data, error, refetch } = useQuery(
    AccessOf,
    user ? { variables: { datasetId, userId: user.id }, fetchPolicy: 'network-only' } : skipToken,
  )
  if (error) return <ErrorState title={t('access.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton height={60} role="progressbar" aria-label={t('loading')} />
  const found = data.dataset?.accessOf
  return (
    <Box role="status" sx={{ mt: 2 }}>
      <Typography sx={{ fontWeight: 600 }}>
        {found?.level
          ? t('access.has', { name: user.displayName, level: t(`access.levels.${found.level}`) })
          : t('access.hasNone', { name: user.displayName })}
      </Typography>
      <Stack component="ul" spacing={0.5} sx={{ m: 0, mt: 1, pl: 2.5 }}>
        {found?.reasons.map((reason) => (
          <Typography component="li" key={`${reason.ground}-${reason.team?.id ?? ''}`}>
            {t(`access.grounds.${reason.ground}`, { team: reason.team?.name ?? '' })}{' '}
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {t(`access.levels.${reason.level}`)}
              {reason.expiresAt && ` · ${t('access.until', { moment: formatDateTime(reason.expiresAt, i18n.language) })}`}
            </Box>
          </Typography>
        ))}
      </Stack>
    </Box>
  )
}
