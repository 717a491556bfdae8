/**
 * What is needed to go on with an upload after the page was left: which file it was, and the
 * server's id of the upload. The bytes themselves are the person's, who chooses the file again.
 */

const KEY = 'datakura.uploads'

export interface KeptUpload {
  /** Of the entry in the queue. */
  id: string
  uploadId: string
  datasetId: string
  datasetSlug: string
  fileName: string
  sizeBytes: number
  sha256: string
  versionNumber: number | null
  /** RFC 3339. */
  expiresAt: string
}

function isKept(value: unknown): value is KeptUpload {
  if (typeof value !== 'object' || value === null) return false
  const kept = value as Record<string, unknown>
  const texts = ['id', 'uploadId', 'datasetId', 'datasetSlug', 'fileName', 'sha256', 'expiresAt']
  return texts.every((name) => typeof kept[name] === 'string') && typeof kept['sizeBytes'] === 'number'
}

/** Those that the server still waits for. */
export function keptUploads(): KeptUpload[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? '[]')
    if (!Array.isArray(stored)) return []
    return stored.filter(isKept).filter(({ expiresAt }) => Date.parse(expiresAt) > Date.now())
  } catch {
    // Storage that is switched off keeps nothing: an upload then ends with its page.
    return []
  }
}

function write(uploads: readonly KeptUpload[]): void {
  try {
    window.localStorage.setItem(KEY, JSON.stringify(uploads))
  } catch {
    // As above.
  }
}

export function keepUpload(upload: KeptUpload): void {
  write([...keptUploads().filter(({ id }) => id !== upload.id), upload])
}

export function forgetUpload(id: string): void {
  write(keptUploads().filter((kept) => kept.id !== id))
}

const lockOf = (id: string) => `datakura.upload.${id}`

/** While this tab is open, no other takes the upload for one that was left. */
export function claimUpload(id: string): void {
  // Held until the tab is gone, whatever way it goes.
  void navigator.locks?.request(lockOf(id), { ifAvailable: true }, () => new Promise(() => undefined))
}

/** Those of tabs that are gone. */
export async function abandonedUploads(): Promise<KeptUpload[]> {
  const kept = keptUploads()
  if (kept.length === 0) return []
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  const names = new Set(held.map(({ name }) => name))
  return kept.filter(({ id }) => !names.has(lockOf(id)))
}
