import { useQuery } from '@apollo/client/react'
import AdminPanelSettingsIcon from '@mui/icons-material/AdminPanelSettings'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Skeleton from '@mui/material/Skeleton'
import Tab from '@mui/material/Tab'
import Tabs from '@mui/material/Tabs'
import Typography from '@mui/material/Typography'
import useMediaQuery from '@mui/material/useMediaQuery'
import { lazy, Suspense, type ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useParams } from 'react-router'
import { EmptyState } from '../../components/EmptyState'
import { NotFound } from '../../components/NotFound'
import { PageError } from '../../components/PageError'
import { PageLoading } from '../../components/PageLoading'
import { usePageTitle } from '../../components/usePageTitle'
import { graphql } from '../../gql'

const AdminPageViewer = graphql(`
  query AdminPage {
    viewer {
      id
      role
    }
  }
`)

const SECTIONS = ['users', 'teams', 'audit', 'tasks', 'storage', 'system'] as const
type SectionName = (typeof SECTIONS)[number]

const sections: Record<SectionName | 'none', ComponentType> = {
  users: lazy(() => import('./UsersSection')),
  teams: lazy(() => import('./TeamsSection')),
  audit: lazy(() => import('./AuditSection')),
  tasks: lazy(() => import('./TasksSection')),
  storage: lazy(() => import('./StorageSection')),
  system: lazy(() => import('./SystemSection')),
  none: NoSuchSection,
}

/** Looking after accounts and the system, for administrators. */
export default function AdminPage() {
  const { t } = useTranslation()
  const { section } = useParams()
  const { data, error, refetch } = useQuery(AdminPageViewer)
  const wide = useMediaQuery('(min-width: 900px)', { noSsr: true })
  const name = SECTIONS.find((one) => one === section)
  usePageTitle(name ? `${t(`admin.sections.${name}`)} · ${t('admin.title')}` : t('admin.title'))

  if (error && !data) return <PageError error={error} onRetry={() => void refetch()} />
  if (!data?.viewer) return <PageLoading />
  if (data.viewer.role !== 'ADMIN') return <NotForYou />
  if (section === undefined) return <Navigate to="/admin/users" replace />
  const Section = sections[name ?? 'none']
  return (
    <Box sx={{ display: 'grid', gap: { xs: 2, md: 4 }, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '190px minmax(0, 1fr)' } }}>
      <Box sx={{ minWidth: 0 }}>
        <Typography
          component="p"
          variant="overline"
          color="textSecondary"
          sx={{ px: 2, display: { xs: 'none', md: 'block' } }}
        >
          {t('admin.title')}
        </Typography>
        <Tabs
          // One that is turned while it is shown keeps the arrows and the mark of the other direction.
          key={wide ? 'beside' : 'above'}
          component="nav"
          aria-label={t('admin.title')}
          value={name ?? false}
          orientation={wide ? 'vertical' : 'horizontal'}
          variant={wide ? 'standard' : 'scrollable'}
          sx={wide ? { borderLeft: 1, borderColor: 'divider' } : { borderBottom: 1, borderColor: 'divider' }}
          slotProps={{ indicator: { sx: wide ? { left: 0, right: 'auto' } : {} } }}
        >
          {SECTIONS.map((one) => (
            <Tab
              key={one}
              value={one}
              label={t(`admin.sections.${one}`)}
              component={Link}
              to={`/admin/${one}`}
              sx={wide ? { alignItems: 'flex-start', minHeight: 40, py: 1 } : {}}
            />
          ))}
        </Tabs>
      </Box>
      <Box sx={{ minWidth: 0 }}>
        <Suspense fallback={<Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />}>
          <Section />
        </Suspense>
      </Box>
    </Box>
  )
}

function NoSuchSection() {
  const { t } = useTranslation()
  return <NotFound links={[{ to: '/admin/users', label: t('admin.title') }]} />
}

function NotForYou() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={<AdminPanelSettingsIcon />}
      title={t('admin.notForYou')}
      heading="h1"
      action={
        <Button component={Link} to="/" variant="contained">
          {t('notFound.home')}
        </Button>
      }
    >
      {t('admin.notForYouLead')}
    </EmptyState>
  )
}
