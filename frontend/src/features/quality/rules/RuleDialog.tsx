import { useMutation, useQuery } from '@apollo/client/react'
import ArrowBackIcon from '@mui/icons-material/ArrowBack'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import useMediaQuery from '@mui/material/useMediaQuery'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../../components/ErrorState'
import { requestProblem, type FieldProblem } from '../../../components/fieldProblems'
import { useDraft } from '../../../components/useDraft'
import { useErrorText } from '../../../components/useErrorText'
import { useProblemText } from '../../../components/useProblemText'
import { useMay } from '../../../components/ViewerLevel'
import { graphql, readFragment } from '../../../gql'
import { QualityTabQuery } from '../qualityTabQuery'
import BackTestDialog from './BackTestDialog'
import { DryRun } from './DryRun'
import { placeOf } from './placeOf'
import { draftOfRule, inputOf, isRuleDraft, NEW_RULE, unreadable, withType } from './ruleDraft'
import { RuleDefinition } from './ruleDefinition'
import { RuleFields } from './RuleFields'
import { CreateQualityRule, UpdateQualityRule } from './ruleOperations'
import { RuleTypePicker } from './RuleTypePicker'
import { useRuleTypeTitle } from './useRuleTypeText'

const RuleFormQuery = graphql(`
  query RuleForm($ruleId: ID!, $versionId: ID!) {
    qualityRuleTypes {
      name
      title
      description
      dimension
      parametersSchema
      minFields
      maxFields
      needsOperator
      hasOperator
      takesFilter
    }
    node(id: $ruleId) {
      id
      ... on QualityRule {
        revision
        ...RuleDefinition
      }
    }
    datasetVersion(id: $versionId) {
      id
      number
      schemaFields {
        fieldPath
        logicalType
        sensitive
      }
    }
  }
`)

interface RuleDialogProps {
  datasetId: string
  /** Null: a new rule. */
  ruleId: string | null
  /** Whose columns are offered, and on which the rule is tried; null while there is none. */
  versionId: string | null
  onClose: () => void
}

/** A new rule, or one that is changed: what it measures, what is accepted, and a try before it is saved. */
export default function RuleDialog({ datasetId, ruleId, versionId, onClose }: RuleDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const typeTitle = useRuleTypeTitle()
  const mayManage = useMay('MANAGE')
  const narrow = useMediaQuery((theme) => theme.breakpoints.down('sm'))
  // An id that names nothing: one query for both, whatever there is.
  const { data, error, refetch } = useQuery(RuleFormQuery, {
    variables: { ruleId: ruleId ?? datasetId, versionId: versionId ?? datasetId },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  const [kept, keep] = useDraft(`quality-rule.${ruleId ?? datasetId}`, isRuleDraft)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const [backTesting, setBackTesting] = useState(false)
  const again = { refetchQueries: [QualityTabQuery] }
  const [create, creating] = useMutation(CreateQualityRule, again)
  const [update, updating] = useMutation(UpdateQualityRule, again)

  const node = data?.node
  const saved = node && 'revision' in node ? readFragment(RuleDefinition, node) : null
  const draft = kept ?? (saved ? draftOfRule(saved) : NEW_RULE)
  const type = data?.qualityRuleTypes.find(({ name }) => name === draft.type) ?? null
  const columns = data?.datasetVersion?.schemaFields ?? []
  const ready = data !== undefined && (ruleId === null || saved !== null)

  function discard() {
    keep(null)
    onClose()
  }

  /** Whether all that was typed can be sent. */
  function check(): boolean {
    const wrong = type ? unreadable(draft, type) : []
    setProblems(wrong.map((field) => ({ code: null, message: t('quality.form.noNumber'), field })))
    return wrong.length === 0
  }

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!type || !check()) return
    const input = inputOf(draft, type)
    const { blocksPublication } = draft
    try {
      const payload = ruleId
        ? (await update({ variables: { input: { ...changesOf(input), id: ruleId, blocksPublication } } })).data?.updateQualityRule
        : (await create({ variables: { input: { ...input, datasetId, blocksPublication } } })).data?.createQualityRule
      const errors = payload?.errors ?? []
      if (errors.length > 0) setProblems(placeOf(errors))
      else discard()
    } catch (thrown) {
      setProblems([requestProblem(errorText(thrown))])
    }
  }

  const general = problems.filter(({ field }) => field === null)
  const input = type ? inputOf(draft, type) : null
  const title = ruleId ? t('quality.form.editTitle') : type ? typeTitle(type.name, type.title) : t('quality.form.newTitle')
  return (
    <Dialog
      open
      // What is typed stays in the tab; a click beside the dialog closes it by mistake too easily.
      onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose()}
      aria-labelledby={titleId}
      maxWidth="md"
      fullWidth
      fullScreen={narrow}
    >
      <form onSubmit={submit} noValidate style={{ display: 'contents' }}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          {error && !data && <ErrorState title={t('quality.form.failed')} error={error} onRetry={() => void refetch()} />}
          {!ready && !error && <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />}
          {ready && !type && (
            <RuleTypePicker
              types={data.qualityRuleTypes}
              onPick={(picked) => keep(withType(draft, picked, columns.map(({ fieldPath }) => fieldPath)))}
            />
          )}
          {ready && type && (
            <Stack spacing={2.5} sx={{ pt: 1 }}>
              {general.map((problem) => (
                <Alert key={problem.message} severity="error">
                  {problemText(problem)}
                </Alert>
              ))}
              <RuleFields
                draft={draft}
                type={type}
                columns={columns}
                problems={problems}
                mayBlock={mayManage || !draft.blocksPublication}
                onChange={(changes) => keep({ ...draft, ...changes })}
              />
              {input && <DryRun versionId={versionId} versionNumber={data.datasetVersion?.number ?? null} rule={input} check={check} onProblems={setProblems} />}
            </Stack>
          )}
        </DialogContent>
        {ready && (
          <DialogActions sx={{ px: 3, pb: 2.5, flexWrap: 'wrap', rowGap: 1 }}>
            {type && !ruleId && (
              <Button startIcon={<ArrowBackIcon />} onClick={() => keep({ ...draft, type: '' })} sx={{ mr: 'auto' }}>
                {t('quality.form.otherType')}
              </Button>
            )}
            <Button onClick={discard}>{t('cancel')}</Button>
            {type && input && (
              <Button disabled={versionId === null} onClick={() => check() && setBackTesting(true)}>
                {t('quality.backTest')}
              </Button>
            )}
            {type && (
              <Button type="submit" variant="contained" loading={creating.loading || updating.loading}>
                {ruleId ? t('settings.save') : t('quality.form.create')}
              </Button>
            )}
          </DialogActions>
        )}
      </form>
      {backTesting && input && (
        <BackTestDialog
          datasetId={datasetId}
          title={draft.name || title}
          what={{ rules: [{ ...input, name: input.name || title }] }}
          onClose={() => setBackTesting(false)}
        />
      )}
    </Dialog>
  )
}

/** The type of a rule never changes. */
function changesOf({ type: _type, ...changes }: ReturnType<typeof inputOf>) {
  return changes
}
