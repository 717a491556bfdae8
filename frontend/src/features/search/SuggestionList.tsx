import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import { useTranslation } from 'react-i18next'

export interface Suggestion {
  id: string
  name: string
  slug: string
}

interface SuggestionListProps {
  id: string
  /** The list is closed while there are none. */
  suggestions: readonly Suggestion[]
  /** Position of the one that the arrow keys have reached; -1 for none. */
  active: number
  onChoose: (suggestion: Suggestion) => void
}

/** The list below a combobox; the focus stays in the text. */
export function SuggestionList({ id, suggestions, active, onChoose }: SuggestionListProps) {
  const { t } = useTranslation()
  return (
    <Paper
      component="ul"
      role="listbox"
      id={id}
      aria-label={t('search.suggestions')}
      hidden={suggestions.length === 0}
      variant="outlined"
      sx={{
        position: 'absolute',
        zIndex: 'modal',
        top: '100%',
        insetInline: 0,
        mt: 0.5,
        py: 0.5,
        px: 0,
        maxHeight: 360,
        overflowY: 'auto',
        listStyle: 'none',
        boxShadow: 4,
      }}
    >
      {suggestions.map((suggestion, index) => (
        <Box
          component="li"
          role="option"
          key={suggestion.id}
          id={`${id}-${index}`}
          aria-selected={index === active}
          // Before the text loses the focus, which closes the list.
          onMouseDown={(event) => {
            event.preventDefault()
            onChoose(suggestion)
          }}
          sx={{
            px: 2,
            py: 1,
            cursor: 'pointer',
            overflowWrap: 'anywhere',
            bgcolor: index === active ? 'action.selected' : 'transparent',
            '&:hover': { bgcolor: 'action.hover' },
          }}
        >
          {suggestion.name}
        </Box>
      ))}
    </Paper>
  )
}
