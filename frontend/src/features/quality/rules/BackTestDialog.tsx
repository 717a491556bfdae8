import { skipToken, useMutation, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Dialog from '@mui/material/Dialog'
import DialogActions from '@mui/material/DialogActions'
import DialogContent from '@mui/material/DialogContent'
import DialogTitle from '@mui/material/DialogTitle'
import LinearProgress from '@mui/material/LinearProgress'
import Stack from '@mui/material/Stack'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { QualityStatusChip } from '../../../components/quality/QualityStatusChip'
import { useMeasureText } from '../../../components/quality/useMeasureText'
import { graphql } from '../../../gql'
import type { QualityRuleDraftInput } from '../../../gql/graphql'
import { useAttempt } from '../useAttempt'
import { isOpen } from '../useRunEvents'

const BackTestQualityRules = graphql(`
  mutation BackTestQualityRules($input: BackTestQualityRulesInput!) {
    backTestQualityRules(input: $input) {
      backTest {
        id
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

const BackTest = graphql(`
  query BackTest($id: ID!) {
    qualityBackTest(id: $id) {
      id
      finished
      wouldFail
      runs {
        id
        status
        version {
          id
          number
        }
        results {
          name
          status
          metricName
          value
          operator
          threshold
          upperThreshold
        }
      }
    }
  }
`)

const MOST = 50
const POLL_MS = 800

interface BackTestDialogProps {
  datasetId: string
  title: string
  /** Saved rules, or some that are not. */
  what: { ruleIds: string[] } | { rules: QualityRuleDraftInput[] }
  onClose: () => void
}

/** What a rule would have said of the last versions. */
export default function BackTestDialog({ datasetId, title, what, onClose }: BackTestDialogProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const measure = useMeasureText()
  const { attempt, problem } = useAttempt()
  const [typed, setTyped] = useState('12')
  const [backTestId, setBackTestId] = useState<string | null>(null)
  const [start, starting] = useMutation(BackTestQualityRules)
  const { data, error, stopPolling } = useQuery(
    BackTest,
    backTestId === null
      ? skipToken
      : { variables: { id: backTestId }, pollInterval: POLL_MS },
  )
  const found = data?.qualityBackTest
  const done = found ? found.finished === found.runs.length : false
  useEffect(() => {
    if (done) stopPolling()
  }, [done, stopPolling])
  const versions = Number(typed)
  const valid = Number.isInteger(versions) && versions >= 1 && versions <= MOST

  async function submit() {
    await attempt(async () => {
      const payload = (await start({ variables: { input: { datasetId, versions, ...what } } })).data?.backTestQualityRules
      if (payload?.backTest) setBackTestId(payload.backTest.id)
      return payload?.errors
    })
  }

  return (
    <Dialog open onClose={onClose} aria-labelledby={titleId} maxWidth="sm" fullWidth>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {t('quality.backTestTitle', { name: title })}
      </DialogTitle>
      <DialogContent>
        <Stack spacing={2}>
          <Typography color="textSecondary">{t('quality.backTestLead')}</Typography>
          {problem && <Alert severity="error">{problem}</Alert>}
          {error && <Alert severity="error">{t('quality.backTestFailed')}</Alert>}
          <Stack direction="row" spacing={1.5} sx={{ alignItems: 'flex-start' }}>
            <TextField
              size="small"
              label={t('quality.lastVersions')}
              value={typed}
              error={!valid}
              helperText={t('quality.lastVersionsHelp', { most: MOST })}
              onChange={(event) => setTyped(event.target.value)}
              slotProps={{ htmlInput: { inputMode: 'numeric' } }}
            />
            <Button variant="contained" loading={starting.loading || (found !== undefined && !done)} disabled={!valid} onClick={submit}>
              {t('quality.backTestStart')}
            </Button>
          </Stack>
          {found && (
            <Box aria-live="polite">
              {!done && (
                <LinearProgress
                  variant="determinate"
                  value={(100 * found.finished) / Math.max(1, found.runs.length)}
                  aria-label={t('quality.backTestProgress')}
                  sx={{ mb: 1.5 }}
                />
              )}
              <Typography variant="h3" component="p">
                {t('quality.wouldFail', { failed: found.wouldFail, count: found.finished })}
              </Typography>
              <Table size="small" sx={{ mt: 1 }}>
                <TableHead>
                  <TableRow>
                    <TableCell>{t('version.label')}</TableCell>
                    <TableCell>{t('quality.status')}</TableCell>
                    <TableCell align="right">{t('quality.value')}</TableCell>
                    <TableCell>{t('quality.shouldBe')}</TableCell>
                  </TableRow>
                </TableHead>
                <TableBody>
                  {found.runs.map((run) => {
                    const [result] = run.results
                    return (
                      <TableRow key={run.id}>
                        <TableCell>{t('version.title', { number: run.version.number })}</TableCell>
                        <TableCell>
                          {result ? <QualityStatusChip status={result.status} /> : isOpen(run.status) ? t('quality.waiting') : t(`qualityRunStatus.${run.status}`)}
                        </TableCell>
                        <TableCell align="right">{result && measure.value(result.value, result.metricName)}</TableCell>
                        <TableCell>{result && measure.expectation(result, result.metricName)}</TableCell>
                      </TableRow>
                    )
                  })}
                </TableBody>
              </Table>
            </Box>
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t('close')}</Button>
      </DialogActions>
    </Dialog>
  )
}
