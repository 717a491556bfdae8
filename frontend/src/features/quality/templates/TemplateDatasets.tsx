import { useQuery } from '@apollo/client/react'
import Box from '@mui/material/Box'
import Link from '@mui/material/Link'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { ErrorState } from '../../../components/ErrorState'
import { TemplateDatasetsQuery } from './templateOperations'

interface TemplateDatasetsProps {
  templateId: string
  /** How many there are; the list is asked for again when it changes. */
  count: number
}

/** The datasets that have rules of a template now. */
export function TemplateDatasets({ templateId, count }: TemplateDatasetsProps) {
  const { t } = useTranslation()
  const { data, error, refetch } = useQuery(TemplateDatasetsQuery, { variables: { id: templateId }, fetchPolicy: 'cache-and-network' })
  if (error && !data) return <ErrorState title={t('templates.datasetsFailed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={48} sx={{ mt: 2 }} role="progressbar" aria-label={t('loading')} />
  const datasets = data.node && 'datasets' in data.node ? data.node.datasets : []
  if (datasets.length === 0) {
    return (
      <Typography color="textSecondary" sx={{ mt: 2 }}>
        {t('templates.noDatasets')}
      </Typography>
    )
  }
  return (
    <Box sx={{ mt: 2 }}>
      <Box component="ul" aria-label={t('templates.datasets')} sx={{ columns: { sm: 2, md: 3 }, listStyle: 'none', m: 0, p: 0 }}>
        {datasets.map(({ id, name, slug }) => (
          <Box component="li" key={id} sx={{ py: 0.25, breakInside: 'avoid', overflowWrap: 'anywhere' }}>
            <Link component={RouterLink} to={`/datasets/${slug}/quality`}>
              <bdi>{name}</bdi>
            </Link>
          </Box>
        ))}
      </Box>
      {count > datasets.length && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          {t('templates.moreDatasets', { count: count - datasets.length })}
        </Typography>
      )}
    </Box>
  )
}
