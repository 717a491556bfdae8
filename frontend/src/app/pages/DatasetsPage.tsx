import AddIcon from '@mui/icons-material/Add'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { usePageTitle } from '../../components/usePageTitle'
import { DatasetList } from '../../features/datasets/DatasetList'
import { DatasetListFrame } from '../../features/datasets/DatasetListFrame'
import { DatasetTableSkeleton } from '../../features/datasets/DatasetTableSkeleton'
import { DatasetFacets } from '../../features/search/DatasetFacets'
import { hasSavedFilters } from '../../features/search/hasSavedFilters'
import { SearchBox } from '../../features/search/SearchBox'
import type { DeletedDataset } from '../../features/datasets/DeletedNotice'
import {
  isNarrowed,
  toDatasetFilter,
  useDatasetFilters,
} from '../../features/search/useDatasetFilters'
import { withTexts } from '../../lib/i18n'

const DeletedNotice = lazy(withTexts(() => import('../../features/datasets/DeletedNotice')))
const SearchResults = lazy(() => import('./SearchResults').then((module) => ({ default: module.SearchResults })))
const SavedFilters = lazy(withTexts(() => import('../../features/search/SavedFilters')))
const CreateDatasetDialog = lazy(withTexts(() => import('../../features/datasets/CreateDatasetDialog')))

export default function DatasetsPage() {
  const { t } = useTranslation()
  const [filters, changeFilters] = useDatasetFilters()
  // Put there by the page of the dataset that was deleted.
  const deleted = (useLocation().state as { deleted?: DeletedDataset } | null)?.deleted
  const [creating, setCreating] = useState(false)
  usePageTitle(t('datasets.title'))

  return (
    <Stack spacing={2.5}>
      <Stack direction="row" spacing={2} sx={{ alignItems: 'center', justifyContent: 'space-between' }}>
        <Typography variant="h1">{t('datasets.title')}</Typography>
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => setCreating(true)}>
          {t('datasets.create')}
        </Button>
      </Stack>
      {deleted && (
        <Suspense>
          <DeletedNotice key={deleted.id} deleted={deleted} />
        </Suspense>
      )}
      {/* The key: going back to another search has to change the text in the box as well. */}
      <SearchBox
        key={filters.query}
        query={filters.query}
        onSearch={(query) => changeFilters({ query })}
      />
      {(isNarrowed(filters) || hasSavedFilters()) && (
        <Suspense>
          <SavedFilters narrowed={isNarrowed(filters)} />
        </Suspense>
      )}
      <Box
        sx={{
          display: 'grid',
          gap: 3,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '220px minmax(0, 1fr)' },
        }}
      >
        <DatasetFacets filters={filters} onChange={changeFilters} />
        {filters.query === '' ? (
          <DatasetList
            filter={toDatasetFilter(filters)}
            order={filters.order}
            onOrder={(order) => changeFilters({ order })}
            narrowed={isNarrowed(filters)}
            onCreate={() => setCreating(true)}
          />
        ) : (
          <Suspense
            fallback={
              <DatasetListFrame>
                <DatasetTableSkeleton />
              </DatasetListFrame>
            }
          >
            <SearchResults filters={filters} />
          </Suspense>
        )}
      </Box>
      {creating && (
        <Suspense>
          <CreateDatasetDialog onClose={() => setCreating(false)} />
        </Suspense>
      )}
    </Stack>
  )
}
