import Tooltip from '@mui/material/Tooltip'
import type { ReactElement } from 'react'

interface ReasonedProps {
  /** Why the control cannot be used; null when it can. */
  reason: string | null
  children: (disabled: boolean) => ReactElement
}

/** A control that says why it cannot be used. */
export function Reasoned({ reason, children }: ReasonedProps) {
  if (reason === null) return children(false)
  return (
    <Tooltip title={reason}>
      {/* A disabled button has no events of its own, and the reason has to be reached with the keyboard too. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <span tabIndex={0} role="note" aria-label={reason} style={{ display: 'inline-flex' }}>
        {children(true)}
      </span>
    </Tooltip>
  )
}
