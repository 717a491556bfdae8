/** Small values kept in the browser between visits; never anything secret. */

export function readStored<Value extends string>(
  key: string,
  allowed: readonly Value[],
): Value | null {
  try {
    const stored = window.localStorage.getItem(key)
    return allowed.find((value) => value === stored) ?? null
  } catch {
    // Storage can be switched off in the browser; the page works without it.
    return null
  }
}

export function writeStored(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value)
  } catch {
    // As above: a preference that is not kept is no reason to fail.
  }
}
