/** The beginning of a file as the API takes it. */

/** What the API reads of a file at most. */
export const HEAD_BYTES = 48 * 1024

/** As base64. Rejects when the file cannot be read, as one that was moved meanwhile. */
export async function readHead(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
