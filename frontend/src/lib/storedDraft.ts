/** What somebody is typing, kept in this tab until it is saved: a reload or a new sign-in loses nothing. */

const PREFIX = 'datakura.draft.'

export function readDraft(key: string): unknown {
  try {
    const stored = window.sessionStorage.getItem(PREFIX + key)
    return stored === null ? null : JSON.parse(stored)
  } catch {
    // Storage that is switched off, or holds what an older page wrote, is the same as none.
    return null
  }
}

/** Null forgets it. */
export function writeDraft(key: string, value: unknown): void {
  try {
    if (value === null) window.sessionStorage.removeItem(PREFIX + key)
    else window.sessionStorage.setItem(PREFIX + key, JSON.stringify(value))
  } catch {
    // As above: what cannot be kept is still in the form.
  }
}
