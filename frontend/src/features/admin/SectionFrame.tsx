import Box from '@mui/material/Box'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'

interface SectionFrameProps {
  title: string
  lead: string
  action?: ReactNode
  children: ReactNode
}

/** What every page of the administration looks like. */
export function SectionFrame({ title, lead, action, children }: SectionFrameProps) {
  return (
    <Stack spacing={2.5}>
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'flex-start', flexWrap: 'wrap' }}>
        <Box sx={{ flexGrow: 1, minWidth: 0, flexBasis: 280 }}>
          <Typography variant="h1">{title}</Typography>
          <Typography color="textSecondary" sx={{ maxWidth: '72ch' }}>
            {lead}
          </Typography>
        </Box>
        {action}
      </Box>
      {children}
    </Stack>
  )
}
