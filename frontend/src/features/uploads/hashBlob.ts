/** The SHA-256 of a file, read a piece at a time so that its size does not matter. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

const PIECE_BYTES = 4 * 1024 * 1024

/**
 * @param onProgress called with the number of bytes hashed so far.
 * @returns 64 lower-case hexadecimal digits.
 */
export async function hashBlob(
  blob: Blob,
  onProgress: (hashedBytes: number) => void,
): Promise<string> {
  const hash = sha256.create()
  for (let offset = 0; offset < blob.size; offset += PIECE_BYTES) {
    const piece = await blob.slice(offset, offset + PIECE_BYTES).arrayBuffer()
    hash.update(new Uint8Array(piece))
    onProgress(Math.min(offset + PIECE_BYTES, blob.size))
  }
  return bytesToHex(hash.digest())
}
