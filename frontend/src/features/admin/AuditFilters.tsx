import { skipToken, useQuery } from '@apollo/client/react'
import Autocomplete from '@mui/material/Autocomplete'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useTranslation } from 'react-i18next'
import { UserPicker, type PickedUser } from '../../components/UserPicker'
import { graphql } from '../../gql'
import { NOUNS } from './auditConditions'

const AuditFiltersActor = graphql(`
  query AuditFilters($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on User {
        displayName
        email
        role
      }
    }
  }
`)

interface AuditFiltersProps {
  read: (name: string) => string
  change: (changes: Record<string, string | null>) => void
}

const FILTERS = ['actor', 'action', 'target', 'request', 'session', 'key', 'after', 'before'] as const

/** Who, what, on which object, and when: all in the address. */
export function AuditFilters({ read, change }: AuditFiltersProps) {
  const { t } = useTranslation()
  const actor = read('actor')
  const { data } = useQuery(AuditFiltersActor, actor ? { variables: { id: actor } } : skipToken)
  const found = data?.node
  const picked: PickedUser | null = actor && found?.__typename === 'User' ? found : null
  return (
    <Stack
      direction="row"
      spacing={1.5}
      useFlexGap
      sx={{ flexWrap: 'wrap', alignItems: 'center', '& > .filter': { flex: { xs: '1 1 100%', sm: '1 1 200px' }, maxWidth: { sm: 280 } } }}
    >
      <div className="filter">
        <UserPicker
          // Going back in the browser may name somebody else.
          key={picked?.id ?? ''}
          label={t('admin.audit.who')}
          value={picked}
          onPick={(user) => change({ actor: user?.id ?? null })}
          all
        />
      </div>
      <Autocomplete
        className="filter"
        freeSolo
        size="small"
        options={NOUNS.map((noun) => `${noun}.`)}
        getOptionLabel={(option) => option}
        value={read('action')}
        onChange={(_event, action) => change({ action })}
        openText={t('picker.open')}
        clearText={t('picker.clear')}
        renderOption={({ key: _key, ...props }, option) => (
          <li {...props} key={option}>
            {t(`admin.nouns.${NOUNS.find((noun) => `${noun}.` === option) ?? 'dataset'}`)}
            <code style={{ marginInlineStart: 8, opacity: 0.7 }}>{option}*</code>
          </li>
        )}
        renderInput={(params) => <TextField {...params} label={t('admin.audit.action')} placeholder="dataset.create" />}
      />
      <TextField
        className="filter"
        size="small"
        type="datetime-local"
        label={t('admin.audit.after')}
        value={read('after')}
        onChange={(event) => change({ after: event.target.value })}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      <TextField
        className="filter"
        size="small"
        type="datetime-local"
        label={t('admin.audit.before')}
        value={read('before')}
        onChange={(event) => change({ before: event.target.value })}
        slotProps={{ inputLabel: { shrink: true } }}
      />
      {read('target') && (
        <TextField
          className="filter"
          size="small"
          label={t('admin.audit.target')}
          value={read('target')}
          onChange={(event) => change({ target: event.target.value })}
        />
      )}
      {FILTERS.some((name) => read(name)) && (
        <Button onClick={() => change(Object.fromEntries(FILTERS.map((name) => [name, null])))}>{t('admin.audit.clear')}</Button>
      )}
    </Stack>
  )
}
