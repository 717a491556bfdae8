import { useQuery } from '@apollo/client/react'
import HistoryIcon from '@mui/icons-material/History'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import ButtonBase from '@mui/material/ButtonBase'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { graphql } from '../../../gql'
import { RunLine } from './RunLine'
import { RunResults } from './RunResults'

const RunListQuery = graphql(`
  query RunList($datasetId: ID!, $after: String) {
    dataset(id: $datasetId) {
      id
      slug
      qualityRuns(first: 20, after: $after, includeTrials: false) {
        edges {
          cursor
          node {
            id
            ...RunLine_run
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

/** The runs of a dataset that count, newest first; the one in the address is open, even if it is a trial. */
export default function RunList({ datasetId }: { datasetId: string }) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const open = search.get('run')
  const { data, error, refetch, fetchMore } = useQuery(RunListQuery, {
    variables: { datasetId },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  })
  if (error && !data) return <ErrorState title={t('quality.runsFailed')} error={error} onRetry={() => void refetch()} />
  const dataset = data?.dataset
  if (!dataset) return <Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />
  const { edges, pageInfo } = dataset.qualityRuns
  if (edges.length === 0) {
    return (
      <Paper variant="outlined">
        <EmptyState icon={<HistoryIcon />} title={t('quality.noRuns')}>
          {t('quality.noRunsLead')}
        </EmptyState>
      </Paper>
    )
  }
  // A run that the address names may be older than the page that is loaded.
  const listed = edges.some(({ node }) => node.id === open)
  const toggle = (id: string) =>
    setSearch((before) => {
      if (before.get('run') === id) before.delete('run')
      else before.set('run', id)
      return before
    })
  return (
    <Stack spacing={2}>
      {open !== null && !listed && (
        <Paper variant="outlined" sx={{ p: 2.5 }}>
          <RunResults runId={open} slug={dataset.slug} />
        </Paper>
      )}
      <Paper variant="outlined" component="ol" aria-label={t('quality.runs')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {edges.map(({ node }) => (
          <Box component="li" key={node.id} sx={{ borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}>
            <ButtonBase
              aria-expanded={node.id === open}
              onClick={() => toggle(node.id)}
              sx={{ display: 'flex', width: 1, textAlign: 'start', px: 2.5, py: 1.5, '&:hover, &.Mui-focusVisible': { bgcolor: 'action.hover' } }}
            >
              <RunLine run={node} />
            </ButtonBase>
            {node.id === open && (
              <Box sx={{ px: 2.5, pb: 2.5 }}>
                <RunResults runId={node.id} slug={dataset.slug} />
              </Box>
            )}
          </Box>
        ))}
      </Paper>
      {pageInfo.hasNextPage && (
        <Button sx={{ alignSelf: 'center' }} onClick={() => void fetchMore({ variables: { after: pageInfo.endCursor } })}>
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}
