import { useMutation } from '@apollo/client/react'
import ScienceIcon from '@mui/icons-material/Science'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import LinearProgress from '@mui/material/LinearProgress'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { requestProblem, type FieldProblem } from '../../../components/fieldProblems'
import { useErrorText } from '../../../components/useErrorText'
import { graphql } from '../../../gql'
import type { QualityRuleDraftInput } from '../../../gql/graphql'
import { ResultDetails } from '../runs/ResultDetails'
import { useRun } from '../runs/useRun'
import { placeOf } from './placeOf'
import { SaidText } from '../../../components/SaidText'

const DryRunQualityRules = graphql(`
  mutation DryRunQualityRules($input: DryRunQualityRulesInput!) {
    dryRunQualityRules(input: $input) {
      run {
        id
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

interface DryRunProps {
  versionId: string | null
  versionNumber: number | null
  rule: QualityRuleDraftInput
  /** Whether the form can be sent; shows what is wrong otherwise. */
  check: () => boolean
  onProblems: (problems: readonly FieldProblem[]) => void
}

/** Tries a rule that is not saved on a version, and shows what it would say. */
export function DryRun({ versionId, versionNumber, rule, check, onProblems }: DryRunProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const [runId, setRunId] = useState<string | null>(null)
  const [tried, setTried] = useState('')
  const [start, starting] = useMutation(DryRunQualityRules)
  const { run, isRunning, error } = useRun(runId)
  const [result] = run?.results ?? []
  const now = JSON.stringify({ ...rule, name: '' })

  async function submit() {
    if (!versionId || !check()) return
    setRunId(null)
    try {
      const named = { ...rule, name: rule.name || t('quality.form.unnamed') }
      const { data } = await start({ variables: { input: { versionId, rules: [named] } } })
      const payload = data?.dryRunQualityRules
      // An error names the rule by its place in the list, which the form does not have.
      onProblems(placeOf((payload?.errors ?? []).map((one) => ({ ...one, path: one.path?.filter((part) => part !== 'rules' && !/^\d+$/.test(part)) ?? null }))))
      setTried(now)
      setRunId(payload?.run?.id ?? null)
    } catch (thrown) {
      onProblems([requestProblem(errorText(thrown))])
    }
  }

  return (
    <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 2 }} aria-live="polite">
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap' }}>
        <Button
          variant="outlined"
          startIcon={<ScienceIcon />}
          disabled={versionId === null}
          loading={starting.loading || isRunning}
          onClick={submit}
        >
          {t('quality.form.try')}
        </Button>
        <Typography variant="body2" color="textSecondary">
          {versionNumber === null ? t('quality.form.tryNeedsVersion') : t('quality.form.tryLead', { number: versionNumber })}
        </Typography>
      </Box>
      {isRunning && <LinearProgress sx={{ mt: 2 }} aria-label={t('quality.form.trying')} />}
      {error !== undefined && <Alert severity="error" sx={{ mt: 2 }}>{errorText(error)}</Alert>}
      {run?.error && (
        <Alert severity="error" sx={{ mt: 2 }}>
          <SaidText phrase={run.error.messagePhrase}>{run.error.message}</SaidText>
        </Alert>
      )}
      {result && run && (
        <Box sx={{ mt: 2, opacity: tried === now ? 1 : 0.55 }}>
          {tried !== now && <Typography variant="body2" sx={{ mb: 1 }}>{t('quality.form.triedBefore')}</Typography>}
          <ResultDetails result={result} versionHref={null} />
        </Box>
      )}
    </Box>
  )
}
