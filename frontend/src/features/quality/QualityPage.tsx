import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { usePageTitle } from '../../components/usePageTitle'
import { ViewLinks } from '../../components/ViewLinks'
import { Incidents } from './incidents/Incidents'

const AllSchedules = lazy(() => import('./schedules/AllSchedules'))
const Templates = lazy(() => import('./templates/Templates'))

const VIEWS = ['failing', 'board', 'schedules', 'templates'] as const

/** Quality across all datasets: what fails now, who sees to it, when it is checked again, and what many have in common. */
export default function QualityPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  const view = VIEWS.find((one) => one === search.get('view')) ?? 'failing'
  usePageTitle(t('qualityPage.title'))
  return (
    <Stack spacing={2.5}>
      <div>
        <Typography variant="h1">{t('qualityPage.title')}</Typography>
        <Typography color="textSecondary">{t('qualityPage.lead')}</Typography>
      </div>
      <ViewLinks
        label={t('quality.views')}
        current={view}
        views={VIEWS.map((name) => ({ name, label: t(`qualityPage.views.${name}`) }))}
      />
      {view === 'failing' && <Incidents as="list" />}
      {view === 'board' && <Incidents as="board" />}
      {view === 'schedules' && (
        <Suspense fallback={<Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />}>
          <AllSchedules />
        </Suspense>
      )}
      {view === 'templates' && (
        <Suspense fallback={<Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />}>
          <Templates />
        </Suspense>
      )}
    </Stack>
  )
}
