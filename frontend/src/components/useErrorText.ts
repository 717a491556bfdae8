import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError, type RequestFailure } from '../graphql/describeError'

/** Turns a failed request into a sentence for people, with the request's id when there is one. */
export function useErrorText(): (error: unknown) => string {
  const failureText = useFailureText()
  return useCallback((error) => failureText(describeError(error)), [failureText])
}

/** The same for a failure that has been described before. */
export function useFailureText(): (failure: RequestFailure) => string {
  const { t } = useTranslation()
  return useCallback(
    (failure) => {
      if (failure.kind === 'offline') return t('error.offline')
      if (failure.kind === 'server') return t('error.server', { status: failure.status })
      return failure.requestId
        ? t('error.refusedWithId', { message: failure.message, requestId: failure.requestId })
        : failure.message
    },
    [t],
  )
}
