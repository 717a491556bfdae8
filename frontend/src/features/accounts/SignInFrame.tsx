import Box from '@mui/material/Box'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'
import { Logo } from '../../components/Logo'
import { PreferenceButtons } from './PreferenceButtons'

interface SignInFrameProps {
  title: string
  lead: string
  children: ReactNode
}

/** What pages for people who are not signed in look like. */
export function SignInFrame({ title, lead, children }: SignInFrameProps) {
  return (
    <Box component="main" sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2 }}>
      <Stack spacing={3} sx={{ width: '100%', maxWidth: 400 }}>
        <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', justifyContent: 'center' }}>
          <Logo size={40} />
          <Typography component="span" sx={{ fontSize: '1.5rem', fontWeight: 700 }}>
            Datakura
          </Typography>
        </Stack>
        <Paper variant="outlined" sx={{ p: { xs: 3, sm: 4 } }}>
          <Typography variant="h1" sx={{ mb: 0.5 }}>
            {title}
          </Typography>
          <Typography color="textSecondary" sx={{ mb: 3 }}>
            {lead}
          </Typography>
          {children}
        </Paper>
        <PreferenceButtons />
      </Stack>
    </Box>
  )
}
