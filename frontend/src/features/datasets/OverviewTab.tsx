import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FactList } from '../../components/FactList'
import { TimeAgo } from '../../components/TimeAgo'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { FileList } from './FileList'
import { MetadataCard } from './MetadataCard'
import { VersionStatusCard } from './VersionStatusCard'

const OverviewTab_dataset = graphql(`
  fragment OverviewTab_dataset on Dataset {
    id
    slug
    visibility
    autoPublish
    createdAt
    updatedAt
    owner {
      id
      displayName
    }
    ...MetadataCard_dataset
    currentVersion {
      id
      number
      ...FileList_version
    }
  }
`)

const OverviewTab_version = graphql(`
  fragment OverviewTab_version on DatasetVersion {
    id
    status
    ...VersionStatusCard_version
  }
`)

interface OverviewTabProps {
  dataset: FragmentType<typeof OverviewTab_dataset>
  /** Null while the dataset has none. */
  newestVersion: FragmentType<typeof OverviewTab_version> | null
  /** Where new data comes in. */
  uploads: ReactNode
  /** A version whose columns the next file probably has. */
  columnsOf: string | null
}

/** What the dataset is, what is going on with it, and where new data comes in. */
export function OverviewTab(props: OverviewTabProps) {
  const { t } = useTranslation()
  const dataset = readFragment(OverviewTab_dataset, props.dataset)
  const newest = readFragment(OverviewTab_version, props.newestVersion)
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2.5,
        alignItems: 'start',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(260px, 1fr)' },
      }}
    >
      <Stack spacing={2.5}>
        {props.uploads}
        {/* While the bytes are under way the upload itself tells how far it is. */}
        {newest && newest.status !== 'AWAITING_UPLOAD' && (
          <VersionStatusCard
            version={newest}
            current={dataset.currentVersion}
            columnsOf={props.columnsOf}
          />
        )}
      </Stack>
      <Stack spacing={2.5}>
        <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
          <Typography variant="h3" component="h2" sx={{ mb: 1.5 }}>
            {t('overview.about')}
          </Typography>
          <FactList
            facts={[
              { label: t('datasets.owner'), value: dataset.owner.displayName },
              { label: t('createDataset.visibility'), value: t(`visibility.${dataset.visibility}`) },
              { label: t('overview.created'), value: <TimeAgo at={dataset.createdAt} /> },
              { label: t('datasets.updated'), value: <TimeAgo at={dataset.updatedAt} /> },
              {
                label: t('overview.currentVersion'),
                value: dataset.currentVersion
                  ? t('version.title', { number: dataset.currentVersion.number })
                  : t('overview.notPublished'),
              },
              {
                label: t('createDataset.autoPublish'),
                value: dataset.autoPublish ? t('yes') : t('no'),
              },
            ]}
          />
        </Paper>
        <MetadataCard dataset={dataset} />
        {dataset.currentVersion && <FileList version={dataset.currentVersion} />}
      </Stack>
    </Box>
  )
}
