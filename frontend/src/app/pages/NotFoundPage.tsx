import { useTranslation } from 'react-i18next'
import { NotFound } from '../../components/NotFound'

export default function NotFoundPage() {
  const { t } = useTranslation()
  return <NotFound links={[{ to: '/quality', label: t('shell.quality') }]} />
}
