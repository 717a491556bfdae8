import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FactList } from '../../components/FactList'
import { TimeAgo } from '../../components/TimeAgo'
import { useProof } from '../../components/proof/useProof'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatInteger } from '../../lib/format'
import { StateChip } from './StateChip'

const SearchIndexCard_state = graphql(`
  fragment SearchIndexCard_state on SearchIndexState {
    engine
    datasetCount
    documentCount
    waitingCount
    waitingSince
  }
`)

const RebuildSearchIndex = graphql(`
  mutation RebuildSearchIndex {
    rebuildSearchIndex {
      task {
        id
        state
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

interface SearchIndexCardProps {
  state: FragmentType<typeof SearchIndexCard_state>
  onChanged: () => void
}

/** How far the search index follows the datasets. */
export function SearchIndexCard(props: SearchIndexCardProps) {
  const { t, i18n } = useTranslation()
  const state = readFragment(SearchIndexCard_state, props.state)
  const { attempt, problem, dialog } = useProof()
  const [rebuild, rebuilding] = useMutation(RebuildSearchIndex)
  const [begun, setBegun] = useState(false)
  const amount = (count: number) => formatInteger(count, i18n.language)
  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Stack spacing={2}>
        <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
          <Typography variant="h3" component="h2" sx={{ flexGrow: 1 }}>
            {t('admin.system.search')}
          </Typography>
          <StateChip good={state.documentCount === state.datasetCount || state.waitingCount > 0} />
        </Stack>
        <FactList
          facts={[
            { label: t('admin.system.engine'), value: state.engine === 'postgresql' ? 'PostgreSQL' : state.engine },
            {
              label: t('admin.system.documents'),
              value: t('admin.system.documentsOf', { documents: amount(state.documentCount), datasets: amount(state.datasetCount) }),
            },
            { label: t('admin.tasks.waiting'), value: amount(state.waitingCount) },
            { label: t('admin.tasks.oldest'), value: state.waitingSince ? <TimeAgo at={state.waitingSince} /> : '–' },
          ]}
        />
        {problem && <Alert severity="error">{problem}</Alert>}
        <span role="status">{begun && <Alert severity="success">{t('admin.system.rebuilding')}</Alert>}</span>
        <Button
          variant="outlined"
          sx={{ alignSelf: 'flex-start' }}
          loading={rebuilding.loading}
          onClick={() =>
            attempt(async () => {
              const payload = (await rebuild()).data?.rebuildSearchIndex
              if (payload?.task) {
                setBegun(true)
                props.onChanged()
              }
              return payload?.errors
            })
          }
        >
          {t('admin.system.rebuild')}
        </Button>
      </Stack>
      {dialog}
    </Paper>
  )
}
