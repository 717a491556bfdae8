import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

/** Filters in the address: what is empty is left out, and going back does not go through every letter. */
export function useAddressParams(): [(name: string) => string, (changes: Record<string, string | null>) => void] {
  const [params, setParams] = useSearchParams()
  const change = useCallback(
    (changes: Record<string, string | null>) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          for (const [name, value] of Object.entries(changes)) {
            if (value) next.set(name, value)
            else next.delete(name)
          }
          return next
        },
        { replace: true },
      ),
    [setParams],
  )
  const read = useCallback((name: string) => params.get(name) ?? '', [params])
  return [read, change]
}
