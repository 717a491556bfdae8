/** Searches and filters that somebody comes back to, by name, kept in this browser. */
import { readStoredList, writeStoredList } from '../../lib/storedList'

const KEY = 'datakura.savedFilters'
const MOST = 30
const MOST_CHARACTERS = 60

export interface SavedFilter {
  name: string
  /** What stands behind the question mark of the address. */
  search: string
}

function isSavedFilter(kept: unknown): kept is SavedFilter {
  if (typeof kept !== 'object' || kept === null) return false
  const { name, search } = kept as Record<string, unknown>
  return typeof name === 'string' && typeof search === 'string'
}

export function savedFilters(): SavedFilter[] {
  return readStoredList(KEY, isSavedFilter).slice(0, MOST)
}

/** One of the same name is replaced. */
export function saveFilter(name: string, search: string): SavedFilter[] {
  const clean = name.trim().slice(0, MOST_CHARACTERS)
  const next = [...savedFilters().filter((one) => one.name !== clean), { name: clean, search }].slice(-MOST)
  writeStoredList(KEY, next)
  return next
}

export function forgetFilter(name: string): SavedFilter[] {
  const next = savedFilters().filter((one) => one.name !== name)
  writeStoredList(KEY, next)
  return next
}
