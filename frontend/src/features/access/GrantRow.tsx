import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/Person'
import type { AccessLevel, AccessTabQuery } from '../../gql/graphql'
import { formatDateTime } from '../../lib/format'

export type Grant = NonNullable<NonNullable<AccessTabQuery['dataset']>['accessGrants']>[number]

/** Lowest first; each includes those before it. */
export const LEVELS: readonly AccessLevel[] = ['READ', 'WRITE', 'MANAGE']

interface GrantRowProps {
  grant: Grant
  onLevel: (level: AccessLevel) => void
  onRemove: () => void
}

/** What was granted to a person or a team. */
export function GrantRow({ grant, onLevel, onRemove }: GrantRowProps) {
  const { t, i18n } = useTranslation()
  const name = grant.team?.name ?? grant.user?.displayName ?? ''
  const who = grant.team ? t('access.team', { count: grant.team.memberCount }) : (grant.user?.email ?? '')
  const until = grant.expiresAt && t('access.until', { moment: formatDateTime(grant.expiresAt, i18n.language) })
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'center', gap: 1.5, py: 1.25, flexWrap: 'wrap' }}>
      <Box sx={{ flexGrow: 1, minWidth: 0, flexBasis: 200 }}>
        <Person
          name={name}
          detail={[who, until].filter(Boolean).join(' · ')}
          muted={grant.user?.active === false}
        />
      </Box>
      <TextField
        select
        size="small"
        value={grant.level}
        onChange={(event) => {
          const level = LEVELS.find((one) => one === event.target.value)
          if (level && level !== grant.level) onLevel(level)
        }}
        slotProps={{ htmlInput: { 'aria-label': t('access.levelOf', { name }) } }}
        sx={{ minWidth: 130 }}
      >
        {LEVELS.map((one) => (
          <MenuItem key={one} value={one}>
            {t(`access.levels.${one}`)}
          </MenuItem>
        ))}
      </TextField>
      <Button size="small" color="error" aria-label={t('access.removeNamed', { name })} onClick={onRemove}>
        {t('access.remove')}
      </Button>
    </Box>
  )
}
