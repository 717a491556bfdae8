/** Values of metadata as people type them: JSON, or plain text without quotation marks. */

export type TypedValue =
  | { kind: 'value'; value: unknown; type: 'text' | 'number' | 'boolean' | 'null' | 'list' | 'object' }
  /** Begins as JSON does and is none: nobody means that as text. */
  | { kind: 'invalid' }

const BEGINS_AS_JSON = /^\s*[[{"]/

export function parseTyped(text: string): TypedValue {
  try {
    const value: unknown = JSON.parse(text)
    // The text of a number that no double holds would be saved as another number.
    if (typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(text.trim())) {
      return { kind: 'value', value: text.trim(), type: 'text' }
    }
    return { kind: 'value', value, type: typeOf(value) }
  } catch {
    return BEGINS_AS_JSON.test(text) ? { kind: 'invalid' } : { kind: 'value', value: text, type: 'text' }
  }
}

function typeOf(value: unknown) {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    default:
      return 'object'
  }
}

/** As `parseTyped` reads it back: text without quotation marks where it can do without. */
export function typedText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2)
  const read = parseTyped(value)
  return read.kind === 'value' && read.value === value ? value : JSON.stringify(value)
}
