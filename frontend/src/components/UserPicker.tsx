import { useQuery } from '@apollo/client/react'
import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../gql'
import type { UserPickerQuery } from '../gql/graphql'
import { Person } from './Person'
import { useSettled } from './useSettled'

const UserPickerUsers = graphql(`
  query UserPicker($filter: UserFilter) {
    users(first: 20, filter: $filter) {
      edges {
        node {
          id
          displayName
          email
          role
        }
      }
    }
  }
`)

export type PickedUser = UserPickerQuery['users']['edges'][number]['node']

interface UserPickerProps {
  label: string
  value: PickedUser | null
  onPick: (user: PickedUser | null) => void
  problem?: string | undefined
  size?: 'small' | 'medium'
  /** Deactivated accounts may be picked too. */
  all?: boolean
  autoFocus?: boolean
}

/** Finds an account by name or address. */
export function UserPicker({ label, value, onPick, problem, size = 'small', all = false, autoFocus = false }: UserPickerProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [open, setOpen] = useState(false)
  // Once somebody is picked the field holds their name, which is nothing to search for.
  const text = useSettled(value && typed === value.displayName ? '' : typed)
  const { data, loading, error } = useQuery(UserPickerUsers, {
    variables: { filter: { ...(text && { text }), ...(!all && { active: true }) } },
    skip: !open,
  })
  const found = data?.users.edges.map(({ node }) => node) ?? []
  return (
    <Autocomplete
      options={found}
      value={value}
      loading={loading}
      open={open}
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
      onChange={(_event, user) => onPick(user)}
      onInputChange={(_event, input) => setTyped(input)}
      // The server has searched; addresses would not match the shown names.
      filterOptions={(options) => options}
      getOptionLabel={(user) => user.displayName}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      loadingText={t('loading')}
      noOptionsText={error ? t('picker.failed') : t('picker.nobody')}
      openText={t('picker.open')}
      closeText={t('close')}
      clearText={t('picker.clear')}
      renderOption={({ key: _key, ...props }, user) => (
        <li {...props} key={user.id}>
          <Person name={user.displayName} detail={user.email} />
        </li>
      )}
      renderInput={(params) => (
        <TextField
          {...params}
          label={label}
          size={size}
          autoFocus={autoFocus}
          error={problem !== undefined}
          helperText={problem}
        />
      )}
    />
  )
}
