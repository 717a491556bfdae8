import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import LinearProgress from '@mui/material/LinearProgress'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/TimeAgo'
import { VersionErrorText } from '../../components/VersionErrorText'
import { VersionStatusChip } from '../../components/VersionStatusChip'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatInteger } from '../../lib/format'
import { PublishButton, type CurrentVersion } from './PublishButton'
import { RereadButton } from './RereadButton'
import { RejectedRows } from './RejectedRows'
import { VersionFailure } from './VersionFailure'
import { VersionLinks } from './VersionLinks'
import { VersionWarnings } from './VersionWarnings'
import { SaidText } from '../../components/SaidText'

const VersionStatusCard_version = graphql(`
  fragment VersionStatusCard_version on DatasetVersion {
    id
    number
    label
    status
    stage
    progress
    isCurrent
    createdAt
    rowCount
    columnCount
    error {
      code
      message
      messagePhrase {
        code
        params
      }
      hint
      hintPhrase {
        code
        params
      }
    }
    ...VersionFailure_version
    ...VersionWarnings_version
    ...RejectedRows_version
    ...RereadButton_version
    ...PublishButton_version
  }
`)

const UNDER_WAY: readonly string[] = ['QUEUED', 'PROCESSING']

interface VersionStatusCardProps {
  version: FragmentType<typeof VersionStatusCard_version>
  /** Number of the version that readers get now; null while there is none. */
  current: CurrentVersion | null
  /** A version whose columns the next file probably has. */
  columnsOf: string | null
}

/** The newest version as it is being inspected: live, then its outcome and what to do next. */
export function VersionStatusCard(props: VersionStatusCardProps) {
  const { t, i18n } = useTranslation()
  const version = readFragment(VersionStatusCard_version, props.version)
  const { status, stage, progress, rowCount, columnCount } = version
  const underWay = UNDER_WAY.includes(status)

  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Stack spacing={2}>
        <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1 }}>
          <Typography variant="h2">{t('version.title', { number: version.number })}</Typography>
          {version.label && <Typography color="textSecondary">{version.label}</Typography>}
          <span role="status">
            <VersionStatusChip status={status} />
          </span>
          <Typography variant="body2" color="textSecondary" sx={{ flexGrow: 1 }}>
            <TimeAgo at={version.createdAt} />
          </Typography>
          <PublishButton version={version} current={props.current} />
        </Stack>
        {underWay && (
          <div>
            <LinearProgress
              aria-label={t('version.progress')}
              variant={progress === 0 ? 'indeterminate' : 'determinate'}
              value={progress * 100}
              sx={{ height: 6, borderRadius: 3, mb: 0.75 }}
            />
            <Typography variant="body2" color="textSecondary">
              {stage ? t(`versionStage.${stage}`) : t('version.waiting')}
            </Typography>
            {version.error && (
              <Alert severity="warning" sx={{ mt: 1.5 }}>
                <AlertTitle>
                  <VersionErrorText code={version.error.code} />
                </AlertTitle>
                <SaidText phrase={version.error.messagePhrase}>{version.error.message}</SaidText>{' '}
                {version.error.hint && <SaidText phrase={version.error.hintPhrase}>{version.error.hint}</SaidText>}
              </Alert>
            )}
          </div>
        )}
        {rowCount !== null && columnCount !== null && (
          <Typography color="textSecondary">
            {t('version.size', {
              rows: formatInteger(rowCount, i18n.language),
              columns: formatInteger(columnCount, i18n.language),
            })}
            {' · '}
            {version.isCurrent ? t('version.isCurrent') : t('version.isNotCurrent')}
          </Typography>
        )}
        {status === 'READY' && (
          <Stack direction="row" useFlexGap sx={{ flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
            <VersionLinks number={version.number} />
            <RereadButton version={version} />
          </Stack>
        )}
        <VersionFailure version={version} columnsOf={props.columnsOf} />
        <VersionWarnings version={version} />
        <RejectedRows version={version} />
      </Stack>
    </Paper>
  )
}
