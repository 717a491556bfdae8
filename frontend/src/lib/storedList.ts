/** Small lists kept in the browser between visits; never anything secret. */

/** What has another form, because an older page wrote it, is left out. */
export function readStoredList<One>(key: string, isOne: (kept: unknown) => kept is One): One[] {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isOne) : []
  } catch {
    // Storage that is switched off is the same as none.
    return []
  }
}

export function writeStoredList(key: string, list: readonly unknown[]): void {
  try {
    window.localStorage.setItem(key, JSON.stringify(list))
  } catch {
    // As above: what is not kept is no reason to fail.
  }
}
