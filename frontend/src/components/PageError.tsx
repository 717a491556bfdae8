import Container from '@mui/material/Container'
import { useTranslation } from 'react-i18next'
import { ErrorState } from './ErrorState'

/** Fills the window when the page as a whole cannot be shown. */
export function PageError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  return (
    <Container maxWidth="sm" component="main" sx={{ py: 10 }}>
      <ErrorState title={t('error.page')} error={error} onRetry={onRetry} />
    </Container>
  )
}
