import Avatar from '@mui/material/Avatar'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'

interface PersonProps {
  name: string
  /** What tells people of one name apart: the address, or what a team is about. */
  detail?: ReactNode
  /** Beside the name. */
  mark?: ReactNode
  muted?: boolean
}

/** Somebody, or a team, in a list. */
export function Person({ name, detail, mark, muted = false }: PersonProps) {
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, minWidth: 0, opacity: muted ? 0.72 : 1 }}>
      <Initial name={name} />
      <Box sx={{ minWidth: 0 }}>
        <Typography component="span" sx={{ display: 'block', fontWeight: 600, overflowWrap: 'anywhere' }}>
          <bdi>{name}</bdi> {mark}
        </Typography>
        {detail && (
          <Typography component="span" variant="body2" color="textSecondary" sx={{ display: 'block', overflowWrap: 'anywhere' }}>
            {detail}
          </Typography>
        )}
      </Box>
    </Box>
  )
}

/** The first character of a name in a circle. */
export function Initial({ name, size = 32 }: { name: string; size?: number }) {
  return (
    <Avatar
      aria-hidden
      sx={{
        width: size,
        height: size,
        fontSize: size * 0.44,
        fontWeight: 600,
        bgcolor: 'action.selected',
        color: 'text.primary',
      }}
    >
      {/* Whole characters: a name may begin with one of two code units. */}
      {[...name][0]?.toLocaleUpperCase()}
    </Avatar>
  )
}
