import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'

export interface PickableVersion {
  id: string
  number: number
  isCurrent: boolean
}

interface VersionPickerProps {
  label: string
  versions: readonly PickableVersion[]
  /** Null while nothing is picked. */
  number: number | null
  onPick: (number: number) => void
}

/** Chooses one of a dataset's versions by its number. */
export function VersionPicker({ label, versions, number, onPick }: VersionPickerProps) {
  const { t } = useTranslation()
  return (
    <TextField
      select
      size="small"
      label={label}
      value={number ?? ''}
      onChange={(event) => onPick(Number(event.target.value))}
      sx={{ minWidth: 200, alignSelf: 'flex-start', bgcolor: 'background.paper' }}
    >
      {versions.map((version) => (
        <MenuItem key={version.id} value={version.number}>
          {version.isCurrent
            ? t('version.titleCurrent', { number: version.number })
            : t('version.title', { number: version.number })}
        </MenuItem>
      ))}
    </TextField>
  )
}
