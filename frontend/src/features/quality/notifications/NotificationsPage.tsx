import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { usePageTitle } from '../../../components/usePageTitle'
import { ViewLinks } from '../../../components/ViewLinks'
import { Channels } from './Channels'
import { Inbox } from './Inbox'

const VIEWS = ['inbox', 'channels'] as const

/** What somebody was told, and where else it is told. */
export default function NotificationsPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  const view = VIEWS.find((one) => one === search.get('view')) ?? 'inbox'
  usePageTitle(t('inbox.title'))
  return (
    <Stack spacing={2.5} sx={{ maxWidth: 980 }}>
      <Typography variant="h1">{t('inbox.title')}</Typography>
      <ViewLinks label={t('inbox.views')} current={view} views={VIEWS.map((name) => ({ name, label: t(`inbox.view.${name}`) }))} />
      {view === 'inbox' ? (
        <Paper variant="outlined" sx={{ p: 2.5 }}>
          <Inbox first={100} />
        </Paper>
      ) : (
        <Channels />
      )}
    </Stack>
  )
}
