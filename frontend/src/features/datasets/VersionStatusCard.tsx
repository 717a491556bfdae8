import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Button from '@mui/material/Button'
import LinearProgress from '@mui/material/LinearProgress'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/TimeAgo'
import { VersionStatusChip } from '../../components/VersionStatusChip'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatInteger } from '../../lib/format'
import { PublishButton } from './PublishButton'
import { RejectedRows } from './RejectedRows'
import { VersionLinks } from './VersionLinks'

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
    error {
      code
      message
      hint
      line
    }
    rowCount
    columnCount
    warnings
    ...RejectedRows_version
    ...PublishButton_version
  }
`)

const RetryVersion = graphql(`
  mutation RetryVersion($input: RetryVersionInput!) {
    retryVersion(input: $input) {
      version {
        id
        status
      }
      errors {
        code
        message
      }
    }
  }
`)

const UNDER_WAY: readonly string[] = ['QUEUED', 'PROCESSING']

interface VersionStatusCardProps {
  version: FragmentType<typeof VersionStatusCard_version>
}

/** The newest version as it is being inspected: live, then its outcome and what to do next. */
export function VersionStatusCard(props: VersionStatusCardProps) {
  const { t, i18n } = useTranslation()
  const version = readFragment(VersionStatusCard_version, props.version)
  const [retry, { loading, data }] = useMutation(RetryVersion)
  const { status, stage, progress, error, rowCount, columnCount, warnings } = version
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
          <PublishButton version={version} />
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
        {status === 'READY' && <VersionLinks number={version.number} />}
        {error && (
          <Alert
            severity="error"
            action={
              <Button
                color="inherit"
                size="small"
                loading={loading}
                sx={{ whiteSpace: 'nowrap' }}
                onClick={() => retry({ variables: { input: { versionId: version.id } } })}
              >
                {t('version.retry')}
              </Button>
            }
          >
            <AlertTitle>{error.message}</AlertTitle>
            {error.line !== null && <div>{t('version.errorLine', { line: error.line })}</div>}
            {error.hint && <div>{error.hint}</div>}
          </Alert>
        )}
        {data?.retryVersion.errors.map(({ message }) => (
          <Alert key={message} severity="error">
            {message}
          </Alert>
        ))}
        {warnings.length > 0 && (
          <Alert severity="info">
            {warnings.map((warning) => (
              <div key={warning}>{warning}</div>
            ))}
          </Alert>
        )}
        <RejectedRows version={version} />
      </Stack>
    </Paper>
  )
}
