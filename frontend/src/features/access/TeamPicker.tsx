import { useQuery } from '@apollo/client/react'
import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/Person'
import { useSettled } from '../../components/useSettled'
import { graphql } from '../../gql'
import type { TeamPickerQuery } from '../../gql/graphql'

const TeamPickerTeams = graphql(`
  query TeamPicker($text: String) {
    teams(first: 20, text: $text) {
      edges {
        node {
          id
          name
          memberCount
        }
      }
    }
  }
`)

export type PickedTeam = TeamPickerQuery['teams']['edges'][number]['node']

interface TeamPickerProps {
  value: PickedTeam | null
  onPick: (team: PickedTeam | null) => void
  problem?: string | undefined
}

/** Finds a team by its name. */
export function TeamPicker({ value, onPick, problem }: TeamPickerProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const text = useSettled(value && typed === value.name ? '' : typed)
  const { data, loading, error } = useQuery(TeamPickerTeams, { variables: text ? { text } : {} })
  return (
    <Autocomplete
      options={data?.teams.edges.map(({ node }) => node) ?? []}
      value={value}
      loading={loading}
      onChange={(_event, team) => onPick(team)}
      onInputChange={(_event, input) => setTyped(input)}
      filterOptions={(options) => options}
      getOptionLabel={(team) => team.name}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      loadingText={t('loading')}
      noOptionsText={error ? t('picker.failed') : t('picker.noTeam')}
      openText={t('picker.open')}
      closeText={t('close')}
      clearText={t('picker.clear')}
      renderOption={({ key: _key, ...props }, team) => (
        <li {...props} key={team.id}>
          <Person name={team.name} detail={t('access.team', { count: team.memberCount })} />
        </li>
      )}
      renderInput={(params) => (
        <TextField {...params} label={t('access.holders_TEAM')} error={problem !== undefined} helperText={problem} />
      )}
    />
  )
}
