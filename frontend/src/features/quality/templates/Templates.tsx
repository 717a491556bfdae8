import { useQuery } from '@apollo/client/react'
import AddIcon from '@mui/icons-material/Add'
import LibraryAddCheckIcon from '@mui/icons-material/LibraryAddCheckOutlined'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { readFragment } from '../../../gql'
import { TemplateCard } from './TemplateCard'
import { TemplateCard_template, TemplatesQuery } from './templateOperations'

const TemplateDialog = lazy(() => import('./TemplateDialog'))

/** Datasets follow a change within moments; the page looks how far they are. */
const LOOK_MS = 2_000
const FOLLOWED_MS = 30_000

/** Rules for all datasets with a tag, or all columns of a semantic type. */
export default function Templates() {
  const { t } = useTranslation()
  const [changed, setChanged] = useState(false)
  useEffect(() => {
    if (!changed) return undefined
    const timer = setTimeout(() => setChanged(false), FOLLOWED_MS)
    return () => clearTimeout(timer)
  }, [changed])
  const { data, error, refetch, fetchMore } = useQuery(TemplatesQuery, {
    fetchPolicy: 'cache-and-network',
    pollInterval: changed ? LOOK_MS : 0,
    skipPollAttempt: () => document.hidden,
  })
  /** The id of a template, or 'new'. */
  const [editing, setEditing] = useState<string | null>(null)
  if (error && !data) return <ErrorState title={t('templates.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />
  const { edges, pageInfo } = data.ruleTemplates
  const templates = readFragment(TemplateCard_template, edges.map(({ node }) => node))
  const mayEdit = data.viewer?.role === 'ADMIN'
  const add = mayEdit && (
    <Button variant="contained" startIcon={<AddIcon />} aria-haspopup="dialog" sx={{ alignSelf: 'flex-start' }} onClick={() => setEditing('new')}>
      {t('templates.add')}
    </Button>
  )
  return (
    <Stack spacing={2}>
      <Typography color="textSecondary" sx={{ maxWidth: '80ch' }}>
        {t('templates.lead')}
      </Typography>
      {templates.length > 0 && add}
      {!mayEdit && templates.length > 0 && <Alert severity="info">{t('templates.administrators')}</Alert>}
      <span role="status">
        {changed && (
          <Alert severity="success" onClose={() => setChanged(false)}>
            {t('templates.following')}
          </Alert>
        )}
      </span>
      {templates.length === 0 && (
        <Paper variant="outlined">
          <EmptyState icon={<LibraryAddCheckIcon />} title={t('templates.none')} action={add}>
            {mayEdit ? t('templates.noneLead') : t('templates.administrators')}
          </EmptyState>
        </Paper>
      )}
      {templates.map((template) => (
        <TemplateCard
          key={template.id}
          template={template}
          mayEdit={mayEdit}
          onEdit={() => setEditing(template.id)}
          onChanged={() => setChanged(true)}
        />
      ))}
      {pageInfo.hasNextPage && (
        <Button sx={{ alignSelf: 'center' }} onClick={() => void fetchMore({ variables: { after: pageInfo.endCursor } })}>
          {t('more')}
        </Button>
      )}
      {editing !== null && (
        <Suspense>
          <TemplateDialog
            template={templates.find(({ id }) => id === editing) ?? null}
            onDone={() => {
              setEditing(null)
              setChanged(true)
            }}
            onClose={() => setEditing(null)}
          />
        </Suspense>
      )}
    </Stack>
  )
}
