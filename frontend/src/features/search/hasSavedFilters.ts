/** Whether there is a reason to load what shows saved filters. */
export function hasSavedFilters(): boolean {
  try {
    return (window.localStorage.getItem('datakura.savedFilters') ?? '[]') !== '[]'
  } catch {
    return false
  }
}
