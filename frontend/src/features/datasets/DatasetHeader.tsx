import Breadcrumbs from '@mui/material/Breadcrumbs'
import Link from '@mui/material/Link'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { DatasetStatusChip } from '../../components/DatasetStatusChip'
import { Markdown } from '../../components/Markdown'
import { TagList } from '../../components/TagList'
import { graphql, readFragment, type FragmentType } from '../../gql'

const DatasetHeader_dataset = graphql(`
  fragment DatasetHeader_dataset on Dataset {
    id
    name
    description
    status
    tags {
      name
    }
  }
`)

interface DatasetHeaderProps {
  dataset: FragmentType<typeof DatasetHeader_dataset>
  /** Without description and tags, which the overview shows: room for what the page is about. */
  compact: boolean
}

export function DatasetHeader(props: DatasetHeaderProps) {
  const { t } = useTranslation()
  const dataset = readFragment(DatasetHeader_dataset, props.dataset)
  return (
    <Stack spacing={1} component="header">
      <Breadcrumbs aria-label={t('shell.breadcrumbs')}>
        <Link component={RouterLink} to="/" underline="hover">
          {t('datasets.title')}
        </Link>
      </Breadcrumbs>
      <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 0.5 }}>
        <Typography variant="h1" sx={{ overflowWrap: 'anywhere' }}>
          {dataset.name}
        </Typography>
        <span role="status">
          <DatasetStatusChip status={dataset.status} />
        </span>
      </Stack>
      {!props.compact && dataset.description && <Markdown source={dataset.description} />}
      {!props.compact && <TagList names={dataset.tags.map(({ name }) => name)} />}
    </Stack>
  )
}
