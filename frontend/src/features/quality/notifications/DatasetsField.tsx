import { useQuery } from '@apollo/client/react'
import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSettled } from '../../../components/useSettled'
import type { ChosenDataset } from './channelDraft'
import { DatasetsFieldQuery } from './notificationOperations'

interface DatasetsFieldProps {
  value: readonly ChosenDataset[]
  onChange: (datasets: readonly ChosenDataset[]) => void
  problem?: string | undefined
}

/** Chooses datasets by the beginning of their names. */
export function DatasetsField({ value, onChange, problem }: DatasetsFieldProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const prefix = useSettled(typed.trim())
  const { data, loading } = useQuery(DatasetsFieldQuery, { variables: { prefix }, skip: prefix === '' })
  return (
    <Autocomplete
      multiple
      size="small"
      options={prefix === '' ? [] : (data?.suggestDatasets ?? [])}
      value={[...value]}
      loading={loading}
      filterOptions={(options) => options}
      getOptionLabel={({ name }) => name}
      getOptionKey={({ id }) => id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      onChange={(_event, datasets) => {
        setTyped('')
        onChange(datasets.map(({ id, name }) => ({ id, name })))
      }}
      inputValue={typed}
      // It would be reset with every letter: the list of what is chosen is made anew.
      onInputChange={(_event, input, reason) => reason !== 'reset' && setTyped(input)}
      loadingText={t('loading')}
      noOptionsText={prefix === '' ? t('channels.typeDataset') : t('channels.noDataset')}
      openText={t('picker.open')}
      closeText={t('close')}
      clearText={t('picker.clear')}
      renderInput={(params) => (
        <TextField {...params} label={t('channels.datasets')} error={problem !== undefined} helperText={problem ?? t('channels.datasetsHelp')} />
      )}
    />
  )
}
