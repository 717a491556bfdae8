import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { ReactNode } from 'react'

interface EmptyStateProps {
  icon: ReactNode
  title: string
  children?: ReactNode
  /** The button that ends the emptiness, when there is one. */
  action?: ReactNode
  /** `h1` where it is all that the page shows. */
  heading?: 'h1' | 'p'
}

/** A list that has nothing to show, and what to do about it. */
export function EmptyState({ icon, title, children, action, heading = 'p' }: EmptyStateProps) {
  return (
    <Box sx={{ textAlign: 'center', px: 3, py: 7 }}>
      <Box aria-hidden sx={{ color: 'text.secondary', mb: 1.5, '& svg': { fontSize: 44, opacity: 0.7 } }}>
        {icon}
      </Box>
      <Typography variant="h2" component={heading}>
        {title}
      </Typography>
      {children && (
        <Typography color="textSecondary" sx={{ mt: 0.5, maxWidth: '46ch', mx: 'auto' }}>
          {children}
        </Typography>
      )}
      {action && <Box sx={{ mt: 2.5 }}>{action}</Box>}
    </Box>
  )
}
