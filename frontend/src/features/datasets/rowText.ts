/** Values of the data as text: numbers as they are, not as the reader's language groups them. */

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A field of tab-separated text as spreadsheets read it. */
function field(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function asTabSeparated(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => cells.map(field).join('\t')).join('\n')
}
