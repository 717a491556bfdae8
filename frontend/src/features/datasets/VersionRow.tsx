import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { RunStatusChip } from '../../components/quality/RunStatusChip'
import { TimeAgo } from '../../components/TimeAgo'
import { VersionErrorText } from '../../components/VersionErrorText'
import { VersionStatusChip } from '../../components/VersionStatusChip'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatBytes, formatInteger } from '../../lib/format'
import { PublishButton, type CurrentVersion } from './PublishButton'
import { RereadButton } from './RereadButton'
import { SaidText } from '../../components/SaidText'

const VersionRow_version = graphql(`
  fragment VersionRow_version on DatasetVersion {
    id
    number
    label
    comment
    status
    isCurrent
    createdAt
    publishedAt
    error {
      code
      message
      messagePhrase {
        code
        params
      }
    }
    rowCount
    columnCount
    files {
      id
      role
      name
      sizeBytes
    }
    latestQualityRun {
      id
      status
    }
    ...PublishButton_version
    ...RereadButton_version
  }
`)

interface VersionRowProps {
  version: FragmentType<typeof VersionRow_version>
  current: CurrentVersion | null
  /** Of the dataset. */
  slug: string
}

export function VersionRow(props: VersionRowProps) {
  const { t, i18n } = useTranslation()
  const version = readFragment(VersionRow_version, props.version)
  const { rowCount, columnCount } = version
  const original = version.files.find(({ role }) => role === 'ORIGINAL')
  return (
    <Box
      component="li"
      sx={{ px: 2.5, py: 1.75, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
    >
      <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1 }}>
        <Typography variant="h3" component="h2">{t('version.title', { number: version.number })}</Typography>
        {version.label && <Typography color="textSecondary">{version.label}</Typography>}
        <VersionStatusChip status={version.status} />
        {version.latestQualityRun && (
          <RunStatusChip
            status={version.latestQualityRun.status}
            to={`/datasets/${props.slug}/quality?view=runs&run=${encodeURIComponent(version.latestQualityRun.id)}`}
          />
        )}
        {version.isCurrent && <Chip size="small" color="primary" label={t('version.current')} />}
        <Box sx={{ flexGrow: 1 }} />
        <RereadButton version={version} />
        <PublishButton version={version} current={props.current} />
      </Stack>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {original && `${original.name} (${formatBytes(original.sizeBytes, i18n.language)}) · `}
        {rowCount !== null &&
          columnCount !== null &&
          `${t('version.size', {
            rows: formatInteger(rowCount, i18n.language),
            columns: formatInteger(columnCount, i18n.language),
          })} · `}
        <TimeAgo at={version.createdAt} />
        {version.publishedAt && (
          <>
            {' · '}
            {t('version.published')} <TimeAgo at={version.publishedAt} />
          </>
        )}
      </Typography>
      {version.comment && (
        <Typography variant="body2" sx={{ mt: 0.5 }}>
          {version.comment}
        </Typography>
      )}
      {version.error && (
        <Typography variant="body2" color="error" sx={{ mt: 0.5 }}>
          <VersionErrorText code={version.error.code} /> <SaidText phrase={version.error.messagePhrase}>{version.error.message}</SaidText>
        </Typography>
      )}
    </Box>
  )
}
