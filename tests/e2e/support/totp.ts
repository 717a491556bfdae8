/** Codes as an authenticator app shows them (RFC 6238: SHA-1, 6 digits, 30 seconds). */
import { createHmac } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** @param later how many steps after the present one; the server takes the next one too, and each once. */
export function totp(secret: string, later = 0): string {
  let bits = ''
  for (const character of secret.replaceAll(/[\s=]/g, '')) bits += ALPHABET.indexOf(character).toString(2).padStart(5, '0')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
