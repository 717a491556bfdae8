import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNow } from '../../../components/useNow'
import { keepForm } from '../rules/keepForm'
import { offsetOf } from './timezones'

/** Those that are drawn at once; typing finds the others. */
const MOST_SHOWN = 60

interface TimezoneFieldProps {
  value: string
  onChange: (timezone: string) => void
  problem?: string | undefined
}

/** Chooses a time zone by its name or its distance from UTC; the person's own comes first. */
export function TimezoneField({ value, onChange, problem }: TimezoneFieldProps) {
  const { t } = useTranslation()
  const zones = useMemo(() => {
    const here = new Intl.DateTimeFormat().resolvedOptions().timeZone
    return [...new Set([here, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
  }, [])
  const now = useNow()
  return (
    <Autocomplete
      size="small"
      disableClearable
      freeSolo
      options={zones}
      value={value}
      onKeyDown={keepForm}
      onInputChange={(_event, timezone) => onChange(timezone)}
      filterOptions={(options, { inputValue }) => {
        const words = inputValue.trim().toLowerCase().split(/[\s_]+/)
        // What is chosen already is no search.
        if (zones.includes(inputValue)) return options.slice(0, MOST_SHOWN)
        const matching = options.filter((zone) => {
          const text = `${zone} ${offsetOf(zone, now) ?? ''}`.toLowerCase()
          return words.every((word) => text.includes(word))
        })
        return matching.slice(0, MOST_SHOWN)
      }}
      renderOption={({ key: _key, ...props }, zone) => (
        <li {...props} key={zone}>
          <span style={{ flexGrow: 1 }}>{zone}</span>
          <Typography variant="caption" component="span" color="textSecondary" sx={{ pl: 2, whiteSpace: 'nowrap' }}>
            {offsetOf(zone, now)}
          </Typography>
        </li>
      )}
      renderInput={(params) => (
        <TextField {...params} label={t('schedules.timezone')} error={problem !== undefined} helperText={problem ?? offsetOf(value, now) ?? t('schedules.timezoneHelp')} />
      )}
    />
  )
}
