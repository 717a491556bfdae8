import { skipToken, useQuery } from '@apollo/client/react'
import CloseIcon from '@mui/icons-material/Close'
import SearchIcon from '@mui/icons-material/Search'
import Box from '@mui/material/Box'
import IconButton from '@mui/material/IconButton'
import InputAdornment from '@mui/material/InputAdornment'
import OutlinedInput from '@mui/material/OutlinedInput'
import { useId, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { graphql } from '../../gql'
import { SuggestionList } from './SuggestionList'
import { useSettled } from '../../components/useSettled'

const SearchBoxSuggestions = graphql(`
  query SearchBox($prefix: String!) {
    suggestDatasets(prefix: $prefix) {
      id
      name
      slug
    }
  }
`)

interface SearchBoxProps {
  query: string
  onSearch: (query: string) => void
}

/**
 * Enter searches; choosing a suggestion goes straight to its dataset.
 *
 * A combobox of the WAI-ARIA pattern and not MUI's Autocomplete, which would be a twelfth of all
 * that the list page has to load.
 */
export function SearchBox({ query, onSearch }: SearchBoxProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const listId = useId()
  const [text, setText] = useState(query)
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const prefix = useSettled(text.trim(), 200)
  const { data, previousData } = useQuery(
    SearchBoxSuggestions,
    open && prefix !== '' ? { variables: { prefix } } : skipToken,
  )
  const suggestions = prefix === '' ? [] : ((data ?? previousData)?.suggestDatasets ?? [])
  const shown = open && text.trim() !== '' && suggestions.length > 0
  const chosen = shown ? suggestions[active] : undefined

  function search(words: string) {
    setOpen(false)
    setActive(-1)
    onSearch(words.trim())
  }

  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return // Enter ends a Japanese conversion first
    if (event.key === 'Enter') {
      if (chosen) void navigate(`/datasets/${chosen.slug}`)
      else search(text)
    } else if (event.key === 'Escape') {
      if (shown) setOpen(false)
      else clear()
    } else if (shown && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      // One place more than there are suggestions: the text itself.
      const places = suggestions.length + 1
      setActive(((active + 1 + step + places) % places) - 1)
    }
  }

  function clear() {
    setText('')
    if (query !== '') search('')
  }

  return (
    <Box sx={{ position: 'relative' }}>
      <OutlinedInput
        fullWidth
        value={text}
        placeholder={t('search.placeholder')}
        onChange={(event) => {
          setText(event.target.value)
          setOpen(true)
          setActive(-1)
        }}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
        startAdornment={
          <InputAdornment position="start">
            <SearchIcon />
          </InputAdornment>
        }
        endAdornment={
          text !== '' && (
            <IconButton size="small" aria-label={t('search.clearText')} onClick={clear}>
              <CloseIcon fontSize="small" />
            </IconButton>
          )
        }
        inputProps={{
          role: 'combobox',
          'aria-label': t('search.label'),
          'aria-expanded': shown,
          'aria-controls': listId,
          'aria-autocomplete': 'list',
          'aria-activedescendant': chosen ? `${listId}-${active}` : undefined,
          autoComplete: 'off',
          enterKeyHint: 'search',
        }}
        sx={{ bgcolor: 'background.paper' }}
      />
      <SuggestionList
        id={listId}
        suggestions={shown ? suggestions : []}
        active={active}
        onChoose={({ slug }) => void navigate(`/datasets/${slug}`)}
      />
    </Box>
  )
}
