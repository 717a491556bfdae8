import TravelExploreIcon from '@mui/icons-material/TravelExplore'
import Button from '@mui/material/Button'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { EmptyState } from '../../components/EmptyState'
import { usePageTitle } from '../../components/usePageTitle'

export default function NotFoundPage() {
  const { t } = useTranslation()
  usePageTitle(t('notFound.title'))
  return (
    <EmptyState
      icon={<TravelExploreIcon />}
      title={t('notFound.title')}
      heading="h1"
      action={
        <Button component={Link} to="/" variant="contained">
          {t('notFound.home')}
        </Button>
      }
    >
      {t('notFound.lead')}
    </EmptyState>
  )
}
