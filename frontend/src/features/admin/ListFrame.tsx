import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../components/ErrorState'

interface ListFrameProps {
  /** Undefined while nothing has come yet. */
  count: number | undefined
  error: unknown
  /** What could not be shown, as a sentence. */
  failed: string
  onRetry: () => void
  /** Shown when there is nothing. */
  empty: ReactNode
  /** Null: there is no more. */
  onMore: (() => void) | null
  loading: boolean
  children: ReactNode
}

/** A list in each of its states: waiting, failed, empty, and full with more to come. */
export function ListFrame({ count, error, failed, onRetry, empty, onMore, loading, children }: ListFrameProps) {
  const { t } = useTranslation()
  if (count === undefined && error) return <ErrorState title={failed} error={error} onRetry={onRetry} />
  return (
    <Stack spacing={1.5}>
      {count !== undefined && error ? <ErrorState title={t('admin.stale')} error={error} onRetry={onRetry} /> : null}
      <Paper variant="outlined" sx={{ overflow: 'hidden' }} aria-busy={count === undefined}>
        {count === undefined ? <Waiting /> : count === 0 ? empty : children}
      </Paper>
      {onMore && (
        <Button sx={{ alignSelf: 'center' }} loading={loading} onClick={onMore}>
          {t('more')}
        </Button>
      )}
    </Stack>
  )
}

function Waiting() {
  return (
    <Box sx={{ p: 2 }}>
      {Array.from({ length: 6 }, (_, row) => (
        <Box key={row} sx={{ display: 'flex', gap: 2, alignItems: 'center', py: 1 }}>
          <Skeleton variant="circular" width={32} height={32} />
          <Skeleton width="34%" />
          <Skeleton width="20%" sx={{ ml: 'auto' }} />
        </Box>
      ))}
    </Box>
  )
}
