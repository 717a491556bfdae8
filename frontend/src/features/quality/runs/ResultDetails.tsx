import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import DownloadIcon from '@mui/icons-material/FileDownload'
import { useTranslation } from 'react-i18next'
import { FactList } from '../../../components/FactList'
import { QualityStatusChip } from '../../../components/quality/QualityStatusChip'
import { useDownload } from '../../../components/useDownload'
import { useMeasureText } from '../../../components/quality/useMeasureText'
import { graphql, readFragment, type FragmentType } from '../../../gql'
import { formatInteger } from '../../../lib/format'
import { formatMilliseconds } from '../../../lib/measure'
import { FailedRows } from './FailedRows'
import { knownError } from './RunLine'
import { SaidText } from '../../../components/SaidText'

const ResultDetails_result = graphql(`
  fragment ResultDetails_result on QualityResult {
    id
    name
    status
    metricName
    value
    operator
    threshold
    upperThreshold
    failedRowCount
    failedRowsSample
    failedRowsKept
    rowsScanned
    durationMs
    partial
    expression
    message
    messagePhrase {
      code
      params
    }
    error {
      code
      message
      messagePhrase {
        code
        params
      }
    }
  }
`)

interface ResultDetailsProps {
  result: FragmentType<typeof ResultDetails_result>
  /** Address of the checked version's rows, which a failed row links to; null: no links. */
  versionHref: string | null
}

/** All that a run found of one rule: value, what it should be, the rows that break it. */
export function ResultDetails({ result: masked, versionHref }: ResultDetailsProps) {
  const { t, i18n } = useTranslation()
  const measure = useMeasureText()
  const result = readFragment(ResultDetails_result, masked)
  const { error } = result
  const { download, problem } = useDownload()
  return (
    <Stack spacing={2}>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ alignItems: 'center', flexWrap: 'wrap' }}>
        <QualityStatusChip status={result.status} />
        {!error && (
          <Typography variant="body2" sx={{ overflowWrap: 'anywhere', minWidth: 0 }}>
            <SaidText phrase={result.messagePhrase}>{result.message}</SaidText>
          </Typography>
        )}
      </Stack>
      {error && (
        <Alert severity="error" variant="outlined">
          {t(`qualityError.${knownError(error.code)}`)} <SaidText phrase={error.messagePhrase}>{error.message}</SaidText>
        </Alert>
      )}
      <FactList
        facts={[
          { label: t('quality.value'), value: measure.value(result.value, result.metricName) },
          { label: t('quality.shouldBe'), value: measure.expectation(result, result.metricName) },
          ...(result.failedRowCount === null
            ? []
            : [{ label: t('quality.failedRows'), value: formatInteger(result.failedRowCount, i18n.language) }]),
          { label: t('quality.rowsScanned'), value: formatInteger(result.rowsScanned, i18n.language) },
          { label: t('quality.duration'), value: formatMilliseconds(result.durationMs, i18n.language) },
        ]}
      />
      {result.partial && <Alert severity="info">{t('quality.partial')}</Alert>}
      {result.failedRowsSample.length > 0 && <FailedRows sample={result.failedRowsSample} versionHref={versionHref} />}
      {problem && <Alert severity="error">{problem}</Alert>}
      {result.failedRowsKept && (
        <Button onClick={() => void download(result.id)} startIcon={<DownloadIcon />} sx={{ alignSelf: 'flex-start' }}>
          {t('quality.downloadFailed')}
        </Button>
      )}
      {result.expression && (
        <details>
          <Box component="summary" sx={{ cursor: 'pointer', fontSize: '0.875rem', color: 'text.secondary' }}>
            {t('quality.expression')}
          </Box>
          <Box component="pre" sx={{ m: 0, mt: 1, p: 1.5, borderRadius: 1, bgcolor: 'action.hover', fontSize: '0.8125rem', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {result.expression}
          </Box>
        </details>
      )}
    </Stack>
  )
}
