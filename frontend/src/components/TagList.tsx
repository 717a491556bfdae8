import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'

/** Tags as chips, in a row that wraps. */
export function TagList({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null
  return (
    <Box component="ul" sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75, m: 0, p: 0, listStyle: 'none' }}>
      {names.map((name) => (
        <li key={name}>
          <Chip size="small" label={name} />
        </li>
      ))}
    </Box>
  )
}
