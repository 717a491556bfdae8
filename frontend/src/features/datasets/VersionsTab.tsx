import HistoryIcon from '@mui/icons-material/History'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { CompareVersions } from './CompareVersions'
import { VersionRow } from './VersionRow'

const VersionsTab_dataset = graphql(`
  fragment VersionsTab_dataset on Dataset {
    id
    slug
    currentVersion {
      id
      number
    }
  }
`)

const VersionsTab_version = graphql(`
  fragment VersionsTab_version on DatasetVersion {
    id
    number
    status
    isCurrent
    ...VersionRow_version
  }
`)

interface VersionsTabProps {
  dataset: FragmentType<typeof VersionsTab_dataset>
  versions: readonly FragmentType<typeof VersionsTab_version>[]
  /** Shows more versions; null when all are shown. */
  onMore: (() => void) | null
}

/** A dataset's history, newest first, and the comparison of any two of its versions. */
export function VersionsTab(props: VersionsTabProps) {
  const { t } = useTranslation()
  const { currentVersion, slug } = readFragment(VersionsTab_dataset, props.dataset)
  const versions = readFragment(VersionsTab_version, props.versions)
  const comparable = versions.filter(({ status }) => status === 'READY')
  if (versions.length === 0) {
    return (
      <EmptyState icon={<HistoryIcon />} title={t('versions.empty')}>
        {t('versions.emptyLead')}
      </EmptyState>
    )
  }
  return (
    <Stack spacing={3}>
      <Paper variant="outlined" component="ol" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {versions.map((version) => (
          <VersionRow key={version.id} version={version} slug={slug} current={currentVersion} />
        ))}
      </Paper>
      {props.onMore && (
        <Button onClick={props.onMore} sx={{ alignSelf: 'center' }}>
          {t('more')}
        </Button>
      )}
      <section>
        <Typography variant="h2" sx={{ mb: 1.5 }}>
          {t('compare.title')}
        </Typography>
        {comparable.length < 2 ? (
          <Typography color="textSecondary">{t('compare.needsTwo')}</Typography>
        ) : (
          <CompareVersions versions={comparable} slug={slug} />
        )}
      </section>
    </Stack>
  )
}
