import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../../components/ConfirmDialog'
import { TimeAgo } from '../../../components/TimeAgo'
import type { TemplateCard_templateFragment } from '../../../gql/graphql'
import { useAttempt } from '../useAttempt'
import { useRuleTypeTitle } from '../rules/useRuleTypeText'
import { TemplateDatasets } from './TemplateDatasets'
import { DeleteRuleTemplate, TemplatesQuery, UpdateRuleTemplate } from './templateOperations'

interface TemplateCardProps {
  template: TemplateCard_templateFragment
  /** Administrators keep templates; everybody else reads them. */
  mayEdit: boolean
  onEdit: () => void
  /** What it says has changed: datasets follow within moments. */
  onChanged: () => void
}

/** A template: what it is bound to, its rules, and which datasets follow it. */
export function TemplateCard({ template, mayEdit, onEdit, onChanged }: TemplateCardProps) {
  const { t } = useTranslation()
  const typeTitle = useRuleTypeTitle()
  const { attempt, problem, forget } = useAttempt()
  const [shown, setShown] = useState(false)
  const [asking, setAsking] = useState(false)
  const [update] = useMutation(UpdateRuleTemplate)
  const [remove, removing] = useMutation(DeleteRuleTemplate, { refetchQueries: [TemplatesQuery] })
  const { id, name, description, tag, semanticType, enabled, datasetCount, ruleCount, updatedAt, rules } = template

  async function send(write: Parameters<typeof attempt>[0]) {
    if (await attempt(write)) onChanged()
  }

  return (
    <Paper variant="outlined" component="section" aria-label={name} sx={{ p: 2.5 }}>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          <bdi>{name}</bdi>
        </Typography>
        <Chip size="small" color="primary" variant="outlined" label={tag === null ? t('templates.ofType', { name: semanticType }) : t('templates.ofTag', { name: tag })} />
        {!enabled && <Chip size="small" label={t('templates.off')} />}
        <Box sx={{ flexGrow: 1 }} />
        {mayEdit && (
          <Switch
            size="small"
            checked={enabled}
            slotProps={{ input: { 'aria-label': t('templates.enable', { name }) } }}
            onChange={(_event, on) =>
              void send(async () => (await update({ variables: { input: { id, enabled: on } } })).data?.updateRuleTemplate.errors)
            }
          />
        )}
      </Stack>
      {description && (
        <Typography sx={{ mt: 0.5, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          <bdi>{description}</bdi>
        </Typography>
      )}
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {t('templates.reach', { count: datasetCount })} · {t('templates.rulesOnThem', { count: ruleCount })} · {t('templates.changed')}{' '}
        <TimeAgo at={updatedAt} />
      </Typography>
      {problem && (
        <Alert severity="error" onClose={forget} sx={{ mt: 1.5 }}>
          {problem}
        </Alert>
      )}
      <Stack component="ul" direction="row" useFlexGap sx={{ flexWrap: 'wrap', gap: 1, listStyle: 'none', m: 0, mt: 1.5, p: 0 }}>
        {rules.map((rule) => (
          <li key={rule.id}>
            <Chip
              size="small"
              variant="outlined"
              title={[typeTitle(rule.type), rule.fieldPaths.join(', ')].filter(Boolean).join(' · ')}
              label={<bdi>{rule.name}</bdi>}
            />
          </li>
        ))}
      </Stack>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap', mt: 1.5 }}>
        <Button size="small" variant="outlined" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {t('templates.datasets')}
        </Button>
        {mayEdit && (
          <>
            <Button size="small" aria-haspopup="dialog" aria-label={t('templates.editTitle', { name })} onClick={onEdit}>
              {t('quality.edit')}
            </Button>
            <Button
              size="small"
              color="error"
              aria-haspopup="dialog"
              aria-label={t('templates.deleteOne', { name })}
              loading={removing.loading}
              onClick={() => setAsking(true)}
            >
              {t('quality.delete')}
            </Button>
          </>
        )}
      </Stack>
      {shown && <TemplateDatasets templateId={id} count={datasetCount} />}
      {asking && (
        <ConfirmDialog
          title={t('templates.reallyDelete', { name })}
          question={t('templates.deleteLead', { count: datasetCount })}
          action={t('quality.delete')}
          onConfirm={() => void send(async () => (await remove({ variables: { input: { id } } })).data?.deleteRuleTemplate.errors)}
          onClose={() => setAsking(false)}
        />
      )}
    </Paper>
  )
}
