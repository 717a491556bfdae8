import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError } from '../graphql/describeError'

/** Turns a failed request into a sentence for people, with the request's id when there is one. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation()
  return useCallback(
    (error) => {
      const failure = describeError(error)
      if (failure.kind === 'offline') return t('error.offline')
      if (failure.kind === 'server') return t('error.server', { status: failure.status })
      return failure.requestId
        ? t('error.refusedWithId', { message: failure.message, requestId: failure.requestId })
        : failure.message
    },
    [t],
  )
}
