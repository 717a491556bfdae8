import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import { Link, useLocation } from 'react-router'

interface View<Name extends string> {
  name: Name
  label: string
  /** How much there is to see; null: nothing is said about it. */
  count?: number | null
}

interface ViewLinksProps<Name extends string> {
  label: string
  views: readonly View<Name>[]
  current: Name
}

/** The views of a page side by side; the first is the one that an address without `view` means. */
export function ViewLinks<Name extends string>({ label, views, current }: ViewLinksProps<Name>) {
  const { pathname, search } = useLocation()
  const addressOf = (name: Name, index: number) => {
    const params = new URLSearchParams()
    const version = new URLSearchParams(search).get('version')
    if (version) params.set('version', version)
    if (index > 0) params.set('view', name)
    return { pathname, search: params.toString() }
  }
  return (
    <Box component="nav" aria-label={label} sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
      {views.map(({ name, label: text, count }, index) => (
        <Chip
          key={name}
          component={Link}
          to={addressOf(name, index)}
          clickable
          aria-current={name === current ? 'page' : undefined}
          color={name === current ? 'primary' : 'default'}
          variant={name === current ? 'filled' : 'outlined'}
          label={count ? `${text} ${count}` : text}
        />
      ))}
    </Box>
  )
}
