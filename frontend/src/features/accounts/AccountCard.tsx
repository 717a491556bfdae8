import Alert from '@mui/material/Alert'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useId, type ReactNode } from 'react'

interface AccountCardProps {
  title: string
  lead: string
  problem?: string | null
  children: ReactNode
}

/** One matter of the account page. */
export function AccountCard({ title, lead, problem, children }: AccountCardProps) {
  const titleId = useId()
  return (
    <Paper component="section" variant="outlined" aria-labelledby={titleId} sx={{ p: { xs: 2, sm: 3 } }}>
      <Typography id={titleId} variant="h2" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {lead}
      </Typography>
      <Stack spacing={2} sx={{ alignItems: 'flex-start' }}>
        {problem && <Alert severity="error">{problem}</Alert>}
        {children}
      </Stack>
    </Paper>
  )
}
