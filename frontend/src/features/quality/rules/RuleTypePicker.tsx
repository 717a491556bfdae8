import Box from '@mui/material/Box'
import ButtonBase from '@mui/material/ButtonBase'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { QualityDimension } from '../../../gql/graphql'
import type { RuleType } from './ruleDraft'
import { knownRuleType } from './ruleTypeNames'

const DIMENSIONS: readonly QualityDimension[] = [
  'COMPLETENESS',
  'UNIQUENESS',
  'CONFORMITY',
  'CONSISTENCY',
  'COVERAGE',
  'TIMELINESS',
  'ACCURACY',
]

interface RuleTypePickerProps {
  types: readonly RuleType[]
  onPick: (type: RuleType) => void
}

/** Chooses what a rule measures: all types by what they are about, with an example of each. */
export function RuleTypePicker({ types, onPick }: RuleTypePickerProps) {
  const { t, i18n } = useTranslation()
  const [query, setQuery] = useState('')
  const described = types.map((type) => {
    const known = knownRuleType(type.name)
    return {
      type,
      title: known ? t(`ruleTypes.${known}.title`) : type.title,
      lead: known ? t(`ruleTypes.${known}.lead`) : type.description,
      example: known ? t(`ruleTypes.${known}.example`) : '',
    }
  })
  const words = query.trim().toLocaleLowerCase(i18n.language).split(/\s+/)
  const found = described.filter(({ type, title, lead, example }) => {
    const text = `${type.name} ${title} ${lead} ${example}`.toLocaleLowerCase(i18n.language)
    return words.every((word) => text.includes(word))
  })
  return (
    <Stack spacing={2.5} sx={{ pt: 1 }}>
      <TextField
        size="small"
        type="search"
        fullWidth
        autoFocus
        label={t('quality.form.searchTypes')}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {found.length === 0 && <Typography color="textSecondary">{t('quality.form.noType')}</Typography>}
      {DIMENSIONS.map((dimension) => {
        const group = found.filter(({ type }) => type.dimension === dimension)
        if (group.length === 0) return null
        return (
          <section key={dimension} aria-label={t(`dimension.${dimension}`)}>
            <Typography variant="overline" component="h3" color="textSecondary">
              {t(`dimension.${dimension}`)}
            </Typography>
            <Box sx={{ display: 'grid', gap: 1, mt: 0.5, gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 260px), 1fr))' }}>
              {group.map(({ type, title, lead, example }) => (
                <ButtonBase
                  key={type.name}
                  onClick={() => onPick(type)}
                  sx={{
                    display: 'block',
                    textAlign: 'start',
                    p: 1.5,
                    border: 1,
                    borderColor: 'divider',
                    borderRadius: 1,
                    '&:hover, &.Mui-focusVisible': { borderColor: 'primary.main', bgcolor: 'action.hover' },
                  }}
                >
                  <Typography sx={{ fontWeight: 600 }}>{title}</Typography>
                  <Typography variant="body2" color="textSecondary">
                    {lead}
                  </Typography>
                  {example && (
                    <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 0.75, fontStyle: 'italic' }}>
                      {example}
                    </Typography>
                  )}
                </ButtonBase>
              ))}
            </Box>
          </section>
        )
      })}
    </Stack>
  )
}
