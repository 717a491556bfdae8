import BookmarkAddOutlinedIcon from '@mui/icons-material/BookmarkAddOutlined'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import { Reasoned } from '../../components/Reasoned'
import { forgetFilter, saveFilter, savedFilters } from './keptFilters'

/** Filters by name, to come back to; the present one can be saved. */
export default function SavedFilters({ narrowed }: { narrowed: boolean }) {
  const { t } = useTranslation()
  const { search } = useLocation()
  const [saved, setSaved] = useState(savedFilters)
  const [naming, setNaming] = useState(false)
  const [name, setName] = useState('')
  const present = search.replace(/^\?/, '')

  function submit(event: FormEvent) {
    event.preventDefault()
    if (name.trim() === '') return
    setSaved(saveFilter(name, present))
    setName('')
    setNaming(false)
  }

  return (
    <Stack direction="row" useFlexGap role="group" aria-label={t('savedFilters.title')} sx={{ flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
      {saved.map((one) => (
        <Chip
          key={one.name}
          size="small"
          variant={one.search === present ? 'filled' : 'outlined'}
          color={one.search === present ? 'primary' : 'default'}
          label={<bdi>{one.name}</bdi>}
          component={Link}
          to={{ pathname: '/', search: one.search }}
          clickable
          onDelete={(event: Event) => {
            event.preventDefault()
            setSaved(forgetFilter(one.name))
          }}
        />
      ))}
      {narrowed && !naming && !saved.some((one) => one.search === present) && (
        <Button size="small" startIcon={<BookmarkAddOutlinedIcon />} onClick={() => setNaming(true)}>
          {t('savedFilters.save')}
        </Button>
      )}
      {naming && (
        <Box component="form" onSubmit={submit} sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
          <TextField
            size="small"
            autoFocus
            label={t('savedFilters.name')}
            value={name}
            slotProps={{ htmlInput: { maxLength: 60 } }}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && setNaming(false)}
          />
          <Reasoned reason={name.trim() === '' ? t('savedFilters.needsName') : null}>
            {(disabled) => (
              <Button type="submit" size="small" disabled={disabled}>
                {t('savedFilters.confirm')}
              </Button>
            )}
          </Reasoned>
          <Button size="small" color="inherit" onClick={() => setNaming(false)}>
            {t('cancel')}
          </Button>
        </Box>
      )}
    </Stack>
  )
}
