import { useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import InsightsIcon from '@mui/icons-material/Insights'
import Box from '@mui/material/Box'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import { formatBytes, formatInteger } from '../../lib/format'
import { ColumnPager } from './ColumnPager'
import { FieldProfileCard } from './FieldProfileCard'

const ProfileTabVersion = graphql(`
  query ProfileTab($versionId: ID!, $first: Int!, $offset: Int!) {
    datasetVersion(id: $versionId) {
      id
      schemaFields {
        fieldPath
        logicalType
      }
      profile {
        rowCount
        columnCount
        sizeBytes
        partial
        fieldProfiles(first: $first, offset: $offset) {
          fieldPath
          ...FieldProfileCard_profile
        }
      }
    }
  }
`)

/** Profiles of this many columns are shown at once. */
export const PAGE_COLUMNS = 48

/** What the data of a version looks like, column by column. */
export function ProfileTab({ versionId }: { versionId: string }) {
  const { t, i18n } = useTranslation()
  const [page, setPage] = useState(1)
  const { data, previousData, error, refetch } = useQuery(ProfileTabVersion, {
    variables: { versionId, first: PAGE_COLUMNS, offset: (page - 1) * PAGE_COLUMNS },
  })
  if (error && !data) {
    return <ErrorState title={t('profile.failed')} error={error} onRetry={() => void refetch()} />
  }
  const version = (data ?? previousData)?.datasetVersion
  if (!version) return <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />
  const { profile } = version
  if (!profile) return <EmptyState icon={<InsightsIcon />} title={t('profile.empty')} />
  const types = new Map(version.schemaFields.map((field) => [field.fieldPath, field.logicalType]))
  return (
    <Stack spacing={2}>
      <Typography color="textSecondary">
        {t('profile.summary', {
          rows: formatInteger(profile.rowCount, i18n.language),
          columns: formatInteger(profile.columnCount, i18n.language),
          size: formatBytes(profile.sizeBytes, i18n.language),
        })}
      </Typography>
      {profile.partial && <Alert severity="info">{t('profile.partial')}</Alert>}
      <ColumnPager
        page={page}
        pageColumns={PAGE_COLUMNS}
        columnCount={profile.columnCount}
        onPage={setPage}
      />
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          // A long value is cut by its card, not the page widened by the value.
          '& > *': { minWidth: 0 },
          gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 340px), 1fr))',
        }}
      >
        {profile.fieldProfiles.map((field) => (
          <FieldProfileCard
            key={field.fieldPath}
            profile={field}
            rowCount={profile.rowCount}
            logicalType={types.get(field.fieldPath) ?? null}
          />
        ))}
      </Box>
    </Stack>
  )
}
