import { skipToken, useQuery } from '@apollo/client/react'
import SearchIcon from '@mui/icons-material/Search'
import Autocomplete from '@mui/material/Autocomplete'
import InputAdornment from '@mui/material/InputAdornment'
import TextField from '@mui/material/TextField'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { graphql } from '../../gql'
import type { SearchBoxQuery } from '../../gql/graphql'
import { useSettled } from './useSettled'

const SearchBoxSuggestions = graphql(`
  query SearchBox($prefix: String!) {
    suggestDatasets(prefix: $prefix) {
      id
      name
      slug
    }
  }
`)

type Suggestion = SearchBoxQuery['suggestDatasets'][number]

interface SearchBoxProps {
  query: string
  onSearch: (query: string) => void
}

/** Enter searches; choosing a suggestion goes straight to the dataset. */
export function SearchBox({ query, onSearch }: SearchBoxProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [text, setText] = useState(query)
  const prefix = useSettled(text.trim(), 200)
  const { data } = useQuery(
    SearchBoxSuggestions,
    prefix === '' || prefix === query ? skipToken : { variables: { prefix } },
  )
  const suggestions: readonly Suggestion[] = prefix === '' ? [] : (data?.suggestDatasets ?? [])

  return (
    <Autocomplete<Suggestion, false, false, true>
      freeSolo
      options={suggestions}
      // The server has matched them already, and knows more spellings than the browser does.
      filterOptions={(options) => options}
      getOptionLabel={(option) => (typeof option === 'string' ? option : option.name)}
      getOptionKey={(option) => (typeof option === 'string' ? option : option.id)}
      inputValue={text}
      onInputChange={(_event, value, reason) => {
        if (reason === 'input' || reason === 'clear') setText(value)
        if (reason === 'clear') onSearch('')
      }}
      onChange={(_event, value) => {
        if (typeof value === 'string') onSearch(value.trim())
        else if (value) void navigate(`/datasets/${value.slug}`)
      }}
      renderInput={(params) => (
        <TextField
          {...params}
          placeholder={t('search.placeholder')}
          slotProps={{
            ...params.slotProps,
            htmlInput: { ...params.slotProps.htmlInput, 'aria-label': t('search.label'), enterKeyHint: 'search' },
            input: {
              ...params.slotProps.input,
              startAdornment: (
                <InputAdornment position="start">
                  <SearchIcon />
                </InputAdornment>
              ),
            },
          }}
        />
      )}
    />
  )
}
