import { skipToken, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Skeleton from '@mui/material/Skeleton'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../../../components/useErrorText'
import { useNow } from '../../../components/useNow'
import { useSettled } from '../../../components/useSettled'
import { formatIn } from './cronText'
import { NextTimesQuery } from './scheduleOperations'
import { changesClocks, offsetOf } from './timezones'

/** When an expression would be due, before it is saved; where clocks change, what becomes of the times. */
export function NextTimes({ cron, timezone }: { cron: string; timezone: string }) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const now = useNow()
  const settled = useSettled(`${cron.trim()}\n${timezone}`, 400)
  const [expression = '', zone = ''] = settled.split('\n')
  // What is half typed is asked for once it is a zone, in which the browser can show the times.
  const isKnown = offsetOf(zone, now) !== null
  const { data, error } = useQuery(
    NextTimesQuery,
    expression !== '' && isKnown ? { variables: { cron: expression, timezone: zone }, fetchPolicy: 'no-cache' } : skipToken,
  )
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
  const times = error || !isKnown ? [] : (data?.checkScheduleTimes ?? [])
  const isElsewhere = times.some((one) => offsetOf(zone, new Date(one)) !== offsetOf(here, new Date(one)))
  return (
    <Box component="section" aria-label={t('schedules.nextTimes')} aria-live="polite">
      <Typography variant="body2" sx={{ mb: 0.5 }}>
        {t('schedules.nextTimes')}
      </Typography>
      {error && <Alert severity="warning">{errorText(error)}</Alert>}
      {!error && !data && expression !== '' && isKnown && <Skeleton width={320} role="progressbar" aria-label={t('loading')} />}
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {times.map((one) => (
          <Typography key={one} component="li" variant="body2">
            <b>{formatIn(one, zone, i18n.language)}</b> {offsetOf(zone, new Date(one))}
            {isElsewhere && (
              <Typography component="span" variant="body2" color="textSecondary">
                {' '}
                · {t('schedules.hereItIs', { time: formatIn(one, here, i18n.language) })}
              </Typography>
            )}
          </Typography>
        ))}
      </Box>
      {times.length > 0 && changesClocks(zone, now) && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1, maxWidth: '80ch' }}>
          {t('schedules.clocksChange', { zone })}
        </Typography>
      )}
    </Box>
  )
}
