import { useTranslation } from 'react-i18next'
import { formatDateTime, formatRelative } from '../lib/format'
import { useNow } from './useNow'

/** How long ago something was; the exact time in the viewer's time zone on hover. */
export function TimeAgo({ at }: { at: string }) {
  const { i18n } = useTranslation()
  const now = useNow()
  return (
    <time dateTime={at} title={formatDateTime(at, i18n.language)}>
      {formatRelative(at, now, i18n.language)}
    </time>
  )
}
