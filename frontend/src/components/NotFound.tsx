import TravelExploreIcon from '@mui/icons-material/TravelExplore'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { EmptyState } from './EmptyState'
import { usePageTitle } from './usePageTitle'

interface NotFoundProps {
  /** Where else to look beside the list of datasets, which is always offered. */
  links: readonly { to: string; label: string }[]
}

/** For an address that names nothing: it says so, and leads on. */
export function NotFound({ links }: NotFoundProps) {
  const { t } = useTranslation()
  usePageTitle(t('notFound.title'))
  return (
    <EmptyState
      icon={<TravelExploreIcon />}
      title={t('notFound.title')}
      heading="h1"
      action={
        <Stack direction="row" spacing={1} useFlexGap sx={{ justifyContent: 'center', flexWrap: 'wrap' }}>
          {[{ to: '/', label: t('notFound.home') }, ...links].map(({ to, label }, index) => (
            <Button key={to} component={Link} to={to} variant={index === 0 ? 'contained' : 'outlined'}>
              {label}
            </Button>
          ))}
        </Stack>
      }
    >
      {t('notFound.lead')}
    </EmptyState>
  )
}
