import Paper from '@mui/material/Paper'
import type { ReactNode } from 'react'

/** The card that the list lies on, whatever its state. */
export function DatasetListFrame({ children }: { children: ReactNode }) {
  return (
    <Paper variant="outlined" sx={{ overflow: 'hidden', '& tbody tr:last-of-type > *': { borderBottom: 0 } }}>
      {children}
    </Paper>
  )
}
