import { useEffect, useEffectEvent, useState, type Ref } from 'react'

/** So many pixels before something comes into view it counts as seen. */
const AHEAD = '900px 0px'

/** A ref whose element calls `onSeen` when it comes into view; nothing happens while that is null. */
export function useSeen(onSeen: (() => void) | null): Ref<HTMLButtonElement> {
  const [element, setElement] = useState<HTMLElement | null>(null)
  const seen = useEffectEvent(() => onSeen?.())
  const waits = onSeen !== null
  useEffect(() => {
    // Without it the button is still there to be clicked.
    if (!element || !waits || typeof IntersectionObserver === 'undefined') return undefined
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && seen(), { rootMargin: AHEAD })
    observer.observe(element)
    return () => observer.disconnect()
  }, [element, waits])
  return setElement
}
