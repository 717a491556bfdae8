import { useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Link from '@mui/material/Link'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'
import { FactList } from '../../components/FactList'
import { TimeAgo } from '../../components/TimeAgo'
import { graphql } from '../../gql'
import { formatInteger } from '../../lib/format'
import { SearchIndexCard } from './SearchIndexCard'
import { SectionFrame } from './SectionFrame'
import { StateChip } from './StateChip'

const SystemSectionHealth = graphql(`
  query SystemSection {
    systemHealth {
      ready
      checkedAt
      version
      schemaRevision
      profile
      mailsPage
      dependencies {
        name
        available
        latencyMs
        version
        reason
      }
      processes {
        name
        connectionCount
        since
      }
    }
    searchIndex {
      ...SearchIndexCard_state
    }
  }
`)

const LOOK_EVERY_MS = 10_000

/** Whether everything that the system stands on answers. */
export default function SystemSection() {
  const { t, i18n } = useTranslation()
  const { data, error, refetch } = useQuery(SystemSectionHealth, {
    fetchPolicy: 'cache-and-network',
    pollInterval: LOOK_EVERY_MS,
    skipPollAttempt: () => document.hidden,
  })
  const health = data?.systemHealth
  return (
    <SectionFrame title={t('admin.sections.system')} lead={t('admin.system.lead')}>
      {error && <ErrorState title={health ? t('admin.stale') : t('admin.system.failed')} error={error} onRetry={() => void refetch()} />}
      {!health && !error && <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />}
      {health && (
        <>
          <Alert severity={health.ready ? 'success' : 'error'} variant="outlined" role="status">
            {health.ready ? t('admin.system.ready') : t('admin.system.notReady')} <TimeAgo at={health.checkedAt} />
          </Alert>
          <Cards>
            {health.dependencies.map((one) => (
              <Card key={one.name} title={name(one.name)} chip={<StateChip good={one.available} />}>
                <FactList
                  facts={[
                    {
                      label: t('admin.system.latency'),
                      value: one.latencyMs === null || one.latencyMs === undefined ? '–' : `${one.latencyMs} ms`,
                    },
                    { label: t('admin.system.version'), value: one.version ?? '–' },
                    ...(one.reason ? [{ label: t('admin.system.reason'), value: one.reason }] : []),
                  ]}
                />
              </Card>
            ))}
          </Cards>
          <Typography variant="h2">{t('admin.system.processes')}</Typography>
          <Cards>
            {health.processes.map((one) => (
              <Card
                key={one.name}
                title={t(`admin.system.names.${processOf(one.name)}`)}
                chip={<StateChip good={one.connectionCount > 0} />}
              >
                <FactList
                  facts={[
                    { label: t('admin.system.connections'), value: formatInteger(one.connectionCount, i18n.language) },
                    { label: t('admin.system.since'), value: one.since ? <TimeAgo at={one.since} /> : '–' },
                  ]}
                />
              </Card>
            ))}
          </Cards>
          {data && <SearchIndexCard state={data.searchIndex} onChanged={() => void refetch()} />}
          <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
            <FactList
              minWidth={180}
              facts={[
                { label: t('admin.system.program'), value: `Datakura ${health.version}` },
                { label: t('admin.system.revision'), value: health.schemaRevision ?? '–' },
                { label: t('admin.system.profile'), value: health.profile },
                {
                  label: t('admin.system.probes'),
                  value: (
                    <>
                      <Link href="/healthz" target="_blank" rel="noreferrer">
                        /healthz
                      </Link>{' '}
                      <Link href="/readyz" target="_blank" rel="noreferrer">
                        /readyz
                      </Link>
                    </>
                  ),
                },
                {
                  label: t('admin.system.mails'),
                  value: health.mailsPage ? (
                    <Link href={health.mailsPage} target="_blank" rel="noreferrer">
                      {t('admin.system.mailsFolder')}
                    </Link>
                  ) : (
                    t('admin.system.mailsSent')
                  ),
                },
              ]}
            />
          </Paper>
        </>
      )}
    </SectionFrame>
  )
}

const NAMES: Record<string, string> = { postgresql: 'PostgreSQL', redis: 'Redis / Valkey', storage: 'S3' }

function name(dependency: string): string {
  return NAMES[dependency] ?? dependency
}

function processOf(process: string): 'api' | 'dispatcher' | 'worker' {
  return process === 'dispatcher' || process === 'worker' ? process : 'api'
}

function Cards({ children }: { children: ReactNode }) {
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 260px), 1fr))' }}>{children}</Box>
  )
}

function Card({ title, chip, children }: { title: string; chip: ReactNode; children: ReactNode }) {
  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center', mb: 1.5 }}>
        <Typography variant="h3" component="h2" sx={{ flexGrow: 1 }}>
          {title}
        </Typography>
        {chip}
      </Stack>
      {children}
    </Paper>
  )
}
