import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '../../../components/useProblemText'
import { useRuleTypeTitle } from '../rules/useRuleTypeText'
import type { TemplateProblem, TemplateRuleDraft } from './templateDraft'

interface TemplateRulesProps {
  rules: readonly TemplateRuleDraft[]
  problems: readonly TemplateProblem[]
  onEdit: (place: number) => void
  onRemove: (place: number) => void
}

/** The rules of a template that is being written, each with what is wrong with it. */
export function TemplateRules({ rules, problems, onEdit, onRemove }: TemplateRulesProps) {
  const { t } = useTranslation()
  const typeTitle = useRuleTypeTitle()
  const problemText = useProblemText()
  if (rules.length === 0) return <Typography color="textSecondary">{t('templates.noRules')}</Typography>
  return (
    <Paper variant="outlined" component="ol" aria-label={t('quality.rules')} sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {rules.map((rule, place) => {
        const problem = problems.find((one) => one.rule === place)
        return (
          <Box
            component="li"
            // A rule that is new has no id, and two may be alike.
            key={rule.id ?? `new ${place}`}
            sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, px: 2, py: 1.25, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
          >
            <Box sx={{ flex: '1 1 240px', minWidth: 0 }}>
              <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
                <bdi>{rule.name}</bdi>
              </Typography>
              <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                {[typeTitle(rule.type), rule.fieldPaths.join(', ')].filter(Boolean).join(' · ')}
              </Typography>
              {problem && (
                <Typography variant="body2" color="error" role="alert">
                  {problemText(problem)}
                </Typography>
              )}
            </Box>
            <Chip size="small" variant="outlined" label={t(`severity.${rule.severity}`)} />
            {rule.blocksPublication && <Chip size="small" color="warning" variant="outlined" label={t('templates.blocks')} />}
            <Button size="small" aria-haspopup="dialog" aria-label={t('templates.editRule', { name: rule.name })} onClick={() => onEdit(place)}>
              {t('quality.edit')}
            </Button>
            <Button size="small" color="error" aria-label={t('templates.removeRule', { name: rule.name })} onClick={() => onRemove(place)}>
              {t('templates.remove')}
            </Button>
          </Box>
        )
      })}
    </Paper>
  )
}
