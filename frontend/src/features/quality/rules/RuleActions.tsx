import { useMutation } from '@apollo/client/react'
import MoreVertIcon from '@mui/icons-material/MoreVert'
import IconButton from '@mui/material/IconButton'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import Switch from '@mui/material/Switch'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Needs, useMay } from '../../../components/ViewerLevel'
import type { useAttempt } from '../useAttempt'
import { RunQualityChecks, UpdateQualityRule } from './ruleOperations'

export interface ActionableRule {
  id: string
  name: string
  enabled: boolean
  blocksPublication: boolean
}

interface RuleActionsProps {
  rule: ActionableRule
  /** The version that is checked now; null while there is none. */
  versionId: string | null
  attempt: ReturnType<typeof useAttempt>['attempt']
  onEdit: () => void
  onBackTest: () => void
  onDelete: () => void
}

/** Switches a rule on and off, and what else can be done with it. */
export function RuleActions({ rule, versionId, attempt, onEdit, onBackTest, onDelete }: RuleActionsProps) {
  const { t } = useTranslation()
  const menuId = useId()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [update] = useMutation(UpdateQualityRule)
  const [run] = useMutation(RunQualityChecks)
  // Whoever is kept by a rule cannot take it away.
  const level = rule.blocksPublication ? 'MANAGE' : 'WRITE'
  const mayChange = useMay(level)
  const mayRun = useMay('WRITE')

  function choose(action: () => void) {
    setAnchor(null)
    action()
  }

  return (
    <>
      <Needs level={level}>
        {(disabled) => (
          <Switch
            size="small"
            checked={rule.enabled}
            disabled={disabled}
            slotProps={{ input: { 'aria-label': t('quality.enable', { name: rule.name }) } }}
            onChange={(_event, enabled) =>
              attempt(async () => {
                const { data } = await update({ variables: { input: { id: rule.id, enabled } } })
                return data?.updateQualityRule.errors
              })
            }
          />
        )}
      </Needs>
      <IconButton
        aria-label={t('quality.actionsOf', { name: rule.name })}
        aria-haspopup="menu"
        aria-controls={anchor ? menuId : undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <MoreVertIcon />
      </IconButton>
      <Menu id={menuId} anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem
          disabled={!mayRun || versionId === null}
          onClick={() =>
            choose(() => {
              if (versionId === null) return
              void attempt(async () => {
                const { data } = await run({ variables: { input: { versionId, ruleIds: [rule.id] } } })
                return data?.runQualityChecks.errors
              })
            })
          }
        >
          {t('quality.runOne')}
        </MenuItem>
        <MenuItem disabled={!mayRun} onClick={() => choose(onBackTest)}>
          {t('quality.backTest')}
        </MenuItem>
        <MenuItem disabled={!mayChange} onClick={() => choose(onEdit)}>
          {t('quality.edit')}
        </MenuItem>
        <MenuItem disabled={!mayChange} onClick={() => choose(onDelete)} sx={{ color: 'error.main' }}>
          {t('quality.delete')}
        </MenuItem>
      </Menu>
    </>
  )
}
