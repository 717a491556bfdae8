import type { KeyboardEvent } from 'react'

/** Enter ends what is typed into a list of choices; it does not send the form around it. */
export function keepForm(event: KeyboardEvent): void {
  if (event.key === 'Enter') event.preventDefault()
}
