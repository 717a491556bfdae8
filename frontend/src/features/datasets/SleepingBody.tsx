import { useEffect, useRef, useState, type ReactNode } from 'react'

/** So far out of view a part of a table is put to sleep. */
const AWAY = '1500px 0px'

/** A part of a table that is empty, and as high as it was, while it is far out of view: of a long list little is ever drawn. */
export function SleepingBody({ children }: { children: ReactNode }) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [height, setHeight] = useState<number | null>(null)
  useEffect(() => {
    const element = body.current
    if (!element || typeof IntersectionObserver === 'undefined') return undefined
    const observer = new IntersectionObserver(
      ([entry]) => entry && setHeight(entry.isIntersecting ? null : entry.boundingClientRect.height || null),
      { rootMargin: AWAY },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <tbody ref={body}>
      {height === null ? children : <tr style={{ height }} />}
    </tbody>
  )
}
