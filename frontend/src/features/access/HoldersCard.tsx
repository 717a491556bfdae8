import { useMutation } from '@apollo/client/react'
import ApartmentIcon from '@mui/icons-material/ApartmentOutlined'
import PersonAddIcon from '@mui/icons-material/PersonAddAlt'
import ShieldIcon from '@mui/icons-material/ShieldOutlined'
import Alert from '@mui/material/Alert'
import Avatar from '@mui/material/Avatar'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Snackbar from '@mui/material/Snackbar'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/Person'
import { Reasoned } from '../../components/Reasoned'
import { useProof } from '../../components/proof/useProof'
import { Needs } from '../../components/ViewerLevel'
import type { AccessTabQuery } from '../../gql/graphql'
import { GrantAccess, RevokeAccess } from './accessOperations'
import { GrantDialog } from './GrantDialog'
import { GrantRow, type Grant } from './GrantRow'
import { TransferDialog } from './TransferDialog'

interface HoldersCardProps {
  dataset: NonNullable<AccessTabQuery['dataset']>
  mayTransfer: boolean
  onChanged: () => Promise<void>
}

/** Everybody and everything that has a level on the dataset. */
export function HoldersCard({ dataset, mayTransfer, onChanged }: HoldersCardProps) {
  const { t } = useTranslation()
  const { attempt, problem, dialog } = useProof()
  const [grant] = useMutation(GrantAccess)
  const [revoke] = useMutation(RevokeAccess)
  const [granting, setGranting] = useState(false)
  const [transferring, setTransferring] = useState(false)
  const [removed, setRemoved] = useState<Grant | null>(null)
  const grants = dataset.accessGrants

  /** Gives the holder of a grant a level anew: as it is now, or as it was before it was taken away. */
  function give(to: Grant, level = to.level) {
    return attempt(async () => {
      const input = {
        datasetId: dataset.id,
        level,
        expiresAt: to.expiresAt ?? null,
        ...(to.team ? { teamId: to.team.id } : { userId: to.user?.id ?? '' }),
      }
      const payload = (await grant({ variables: { input } })).data?.grantAccess
      await onChanged()
      return payload?.errors
    })
  }

  function takeAway(from: Grant) {
    return attempt(async () => {
      const payload = (await revoke({ variables: { input: { grantId: from.id } } })).data?.revokeAccess
      if (payload?.revokedId) setRemoved(from)
      await onChanged()
      return payload?.errors
    })
  }

  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, mb: 1.5, flexWrap: 'wrap' }}>
        <Typography variant="h2" sx={{ flexGrow: 1 }}>
          {t('access.holders')}
        </Typography>
        <Needs level="MANAGE">
          {(disabled) => (
            <Button
              variant="contained"
              startIcon={<PersonAddIcon />}
              disabled={disabled}
              aria-haspopup="dialog"
              onClick={() => setGranting(true)}
            >
              {t('access.give')}
            </Button>
          )}
        </Needs>
      </Box>
      {problem && (
        <Alert severity="error" sx={{ mb: 1.5 }}>
          {problem}
        </Alert>
      )}
      <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0, '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
        <Fixed
          who={<Person name={dataset.owner.displayName} detail={dataset.owner.email} />}
          level={t('access.owner')}
          action={
            <Reasoned reason={mayTransfer ? null : t('access.transferNeeds')}>
              {(disabled) => (
                <Button size="small" disabled={disabled} aria-haspopup="dialog" onClick={() => setTransferring(true)}>
                  {t('access.transfer')}
                </Button>
              )}
            </Reasoned>
          }
        />
        {dataset.visibility === 'ORGANIZATION' && (
          <Fixed
            who={<Group icon={<ApartmentIcon />} name={t('access.everybody')} detail={t('access.everybodyLead')} />}
            level={t('access.levels.READ')}
          />
        )}
        <Fixed
          who={<Group icon={<ShieldIcon />} name={t('access.administrators')} detail={t('access.administratorsLead')} />}
          level={t('access.levels.MANAGE')}
        />
        {grants?.map((one) => (
          <GrantRow key={one.id} grant={one} onLevel={(level) => void give(one, level)} onRemove={() => void takeAway(one)} />
        ))}
      </Stack>
      {grants?.length === 0 && (
        <Typography color="textSecondary" sx={{ pt: 1.5 }}>
          {t('access.noGrants')}
        </Typography>
      )}
      {granting && (
        <GrantDialog
          datasetId={dataset.id}
          onClose={() => setGranting(false)}
          onDone={async () => {
            setGranting(false)
            await onChanged()
          }}
        />
      )}
      {transferring && (
        <TransferDialog
          dataset={dataset}
          onClose={() => setTransferring(false)}
          onDone={async () => {
            setTransferring(false)
            await onChanged()
          }}
        />
      )}
      <Snackbar
        open={removed !== null}
        autoHideDuration={10_000}
        onClose={(_event, reason) => reason !== 'clickaway' && setRemoved(null)}
        message={t('access.removed', { name: removed?.team?.name ?? removed?.user?.displayName ?? '' })}
        action={
          <Button
            color="inherit"
            size="small"
            onClick={() => {
              if (removed) void give(removed)
              setRemoved(null)
            }}
          >
            {t('access.undo')}
          </Button>
        }
      />
      {dialog}
    </Paper>
  )
}

function Fixed({ who, level, action }: { who: ReactNode; level: string; action?: ReactNode }) {
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'center', gap: 2, py: 1.25, flexWrap: 'wrap' }}>
      <Box sx={{ flexGrow: 1, minWidth: 0, flexBasis: 200 }}>{who}</Box>
      <Typography color="textSecondary">{level}</Typography>
      {action}
    </Box>
  )
}

function Group({ icon, name, detail }: { icon: ReactNode; name: string; detail: string }) {
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5 }}>
      <Avatar aria-hidden sx={{ width: 32, height: 32, bgcolor: 'action.selected', color: 'text.secondary', '& svg': { fontSize: 18 } }}>
        {icon}
      </Avatar>
      <Box>
        <Typography sx={{ fontWeight: 600 }}>{name}</Typography>
        <Typography variant="body2" color="textSecondary">
          {detail}
        </Typography>
      </Box>
    </Box>
  )
}
