import { useQuery } from '@apollo/client/react'
import SearchIcon from '@mui/icons-material/Search'
import Box from '@mui/material/Box'
import InputAdornment from '@mui/material/InputAdornment'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { EmptyState } from '../../components/EmptyState'
import { ErrorState } from '../../components/ErrorState'
import { useMay } from '../../components/ViewerLevel'
import { SchemaTabVersion } from './fieldOperations'
import { ReadOptionsSummary } from './ReadOptionsSummary'
import { SchemaGrid } from './SchemaGrid'

const FieldDialog = lazy(() => import('./FieldDialog').then((module) => ({ default: module.FieldDialog })))

/** The columns of a version: what they hold and mean, and how its file was read to find them. */
export function SchemaTab({ versionId }: { versionId: string }) {
  const { t } = useTranslation()
  const mayWrite = useMay('WRITE')
  const [search, setSearch] = useSearchParams()
  const [edited, setEdited] = useState<string | null>(null)
  const { data, error, refetch } = useQuery(SchemaTabVersion, { variables: { versionId } })
  const version = data?.datasetVersion
  const words = search.get('column') ?? ''
  const fields = useMemo(() => {
    const wanted = words.trim().toLowerCase()
    return (version?.schemaFields ?? []).filter(({ fieldPath, description, semanticType, tags }) =>
      [fieldPath, description, semanticType, ...tags].some((text) => text?.toLowerCase().includes(wanted)),
    )
  }, [version, words])
  if (error && !data) {
    return <ErrorState title={t('schema.failed')} error={error} onRetry={() => void refetch()} />
  }
  if (!version) return <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />
  const field = version.schemaFields.find(({ fieldPath }) => fieldPath === edited)
  return (
    <Stack spacing={2.5}>
      <ReadOptionsSummary version={version} />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center' }}>
        <TextField
          type="search"
          size="small"
          label={t('schema.find')}
          value={words}
          slotProps={{
            input: {
              startAdornment: (
                <InputAdornment position="start">
                  <SearchIcon fontSize="small" />
                </InputAdornment>
              ),
            },
          }}
          onChange={(event) =>
            setSearch(
              (before) => {
                if (event.target.value) before.set('column', event.target.value)
                else before.delete('column')
                return before
              },
              { replace: true },
            )
          }
        />
        <Typography variant="body2" color="textSecondary">
          {mayWrite ? t('schema.editHint') : t('needs.WRITE')}
        </Typography>
      </Box>
      {fields.length === 0 ? (
        <EmptyState icon={<SearchIcon />} title={t('schema.noneFound')} />
      ) : (
        <SchemaGrid key={fields.length} fields={fields} onEdit={mayWrite ? setEdited : null} />
      )}
      {field && (
        <Suspense>
          <FieldDialog key={field.fieldPath} versionId={versionId} field={field} onClose={() => setEdited(null)} />
        </Suspense>
      )}
    </Stack>
  )
}
