import { skipToken, useQuery } from '@apollo/client/react'
import SearchIcon from '@mui/icons-material/Search'
import Box from '@mui/material/Box'
import Dialog from '@mui/material/Dialog'
import InputBase from '@mui/material/InputBase'
import Typography from '@mui/material/Typography'
import { useId, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useSettled } from '../../components/useSettled'
import { graphql } from '../../gql'
import { placesOf } from './places'

const QuickSearchViewer = graphql(`
  query QuickSearchViewer {
    viewer {
      id
      role
    }
  }
`)

const QuickSearchDatasets = graphql(`
  query QuickSearch($prefix: String!) {
    suggestDatasets(prefix: $prefix) {
      id
      name
      slug
    }
  }
`)

interface Choice {
  key: string
  label: string
  kind: string
  to: string
}

/** Goes to a dataset or a page by a few letters of its name, without the mouse. */
export default function QuickSearch({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const listId = useId()
  const titleId = useId()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const typed = text.trim()
  const prefix = useSettled(typed, 150)
  const { data: viewerData } = useQuery(QuickSearchViewer)
  const { data, previousData } = useQuery(QuickSearchDatasets, prefix !== '' ? { variables: { prefix } } : skipToken)
  const words = typed.toLocaleLowerCase(i18n.language).split(/\s+/)
  const pages: Choice[] = placesOf(viewerData?.viewer?.role === 'ADMIN')
    .map(({ name, to }) => ({ key: to, label: t(`quickSearch.places.${name}`), kind: t('quickSearch.page'), to }))
    .filter(({ label }) => words.every((word) => label.toLocaleLowerCase(i18n.language).includes(word)))
  const datasets: Choice[] = (typed === '' ? [] : ((data ?? previousData)?.suggestDatasets ?? [])).map(({ id, name, slug }) => ({
    key: id,
    label: name,
    kind: t('quickSearch.dataset'),
    to: `/datasets/${slug}`,
  }))
  const everywhere: Choice[] =
    typed === '' ? [] : [{ key: 'all', label: t('quickSearch.all', { query: typed }), kind: '', to: `/?q=${encodeURIComponent(typed)}` }]
  const choices = [...datasets, ...pages, ...everywhere]
  const at = Math.min(active, choices.length - 1)

  function go(choice: Choice | undefined) {
    if (!choice) return
    onClose()
    void navigate(choice.to)
  }

  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return // Enter ends a Japanese conversion first
    if (event.key === 'Enter') {
      event.preventDefault()
      go(choices[at])
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const next = (at + (event.key === 'ArrowDown' ? 1 : -1) + choices.length) % choices.length
      setActive(next)
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' })
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      maxWidth="sm"
      fullWidth
      aria-labelledby={titleId}
      sx={{ '& .MuiDialog-container': { alignItems: 'flex-start' } }}
    >
      <Box component="h2" id={titleId} sx={{ position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' }}>
        {t('quickSearch.title')}
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, px: 2, py: 1, borderBottom: 1, borderColor: 'divider' }}>
        <SearchIcon color="action" />
        <InputBase
          autoFocus
          fullWidth
          value={text}
          placeholder={t('quickSearch.placeholder')}
          onChange={(event) => {
            setText(event.target.value)
            setActive(0)
          }}
          onKeyDown={press}
          inputProps={{
            role: 'combobox',
            'aria-label': t('quickSearch.title'),
            'aria-expanded': true,
            'aria-controls': listId,
            'aria-autocomplete': 'list',
            'aria-activedescendant': choices.length > 0 ? `${listId}-${at}` : undefined,
            autoComplete: 'off',
            enterKeyHint: 'go',
          }}
        />
      </Box>
      <Box component="ul" role="listbox" id={listId} aria-label={t('quickSearch.title')} sx={{ listStyle: 'none', m: 0, p: 1, maxHeight: 420, overflowY: 'auto' }}>
        {choices.map((choice, index) => (
          <Box
            component="li"
            role="option"
            key={choice.key}
            id={`${listId}-${index}`}
            aria-selected={index === at}
            onClick={() => go(choice)}
            onMouseMove={() => setActive(index)}
            sx={{
              display: 'flex',
              alignItems: 'baseline',
              gap: 2,
              px: 1.5,
              py: 1,
              borderRadius: 1,
              cursor: 'pointer',
              bgcolor: index === at ? 'action.selected' : 'transparent',
            }}
          >
            <Box component="bdi" sx={{ flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
              {choice.label}
            </Box>
            <Typography variant="caption" color={index === at ? 'textPrimary' : 'textSecondary'}>
              {choice.kind}
            </Typography>
          </Box>
        ))}
      </Box>
      <Typography variant="caption" color="textSecondary" component="p" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider', display: { xs: 'none', sm: 'block' } }}>
        {t('quickSearch.keys')}
      </Typography>
    </Dialog>
  )
}
