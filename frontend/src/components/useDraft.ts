import { useCallback, useState } from 'react'
import { readDraft, writeDraft } from '../lib/storedDraft'

/**
 * State that outlives a reload of the tab until it is dropped.
 *
 * @param isDraft whether what was kept has the form that is wanted now.
 */
export function useDraft<Draft>(
  key: string,
  isDraft: (kept: unknown) => kept is Draft,
): [Draft | null, (draft: Draft | null) => void] {
  const [draft, setDraft] = useState<Draft | null>(() => {
    const kept = readDraft(key)
    return isDraft(kept) ? kept : null
  })
  const keep = useCallback(
    (next: Draft | null) => {
      setDraft(next)
      writeDraft(key, next)
    },
    [key],
  )
  return [draft, keep]
}
