import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { describeError, type RequestFailure } from '../graphql/describeError'
import { hasPhrases, openPhrases, phraseText } from '../lib/phrases'

/** Turns a failed request into a sentence for people, with the request's id when there is one. */
export function useErrorText(): (error: unknown) => string {
  const failureText = useFailureText()
  return useCallback((error) => failureText(describeError(error)), [failureText])
}

/** The same for a failure that has been described before. */
export function useFailureText(): (failure: RequestFailure) => string {
  const { t, i18n } = useTranslation()
  const { language } = i18n
  const [opened, setOpened] = useState(() => hasPhrases(language))
  useEffect(() => {
    if (!opened) void openPhrases(language).then(() => setOpened(true))
  }, [language, opened])
  return useCallback(
    (failure) => {
      if (failure.kind === 'offline') return t('error.offline')
      if (failure.kind === 'server') return t('error.server', { status: failure.status })
      // Said anew once the sentences of the language are there.
      const message = opened ? phraseText(failure.message, failure.phrase) : failure.message
      return failure.requestId ? t('error.refusedWithId', { message, requestId: failure.requestId }) : message
    },
    [t, opened],
  )
}
