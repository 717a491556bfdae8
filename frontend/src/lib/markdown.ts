/** The part of Markdown that descriptions use, as data: nothing here ever becomes HTML. */

export type Inline =
  | { kind: 'text' | 'strong' | 'emphasis' | 'code'; text: string }
  | { kind: 'link'; text: string; href: string }

export type Block = { kind: 'paragraph'; content: Inline[] } | { kind: 'list'; items: Inline[][] }

// Underscores do not emphasise: in the descriptions of data they stand in names_of_columns.
const INLINE = /\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*|`([^`\n]+)`|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/g

export function parseInline(source: string): Inline[] {
  const pieces: Inline[] = []
  let end = 0
  for (const match of source.matchAll(INLINE)) {
    if (match.index > end) pieces.push({ kind: 'text', text: source.slice(end, match.index) })
    end = match.index + match[0].length
    const [, strong, emphasis, code, label, href] = match
    if (strong !== undefined) pieces.push({ kind: 'strong', text: strong })
    else if (emphasis !== undefined) pieces.push({ kind: 'emphasis', text: emphasis })
    else if (code !== undefined) pieces.push({ kind: 'code', text: code })
    else if (label !== undefined && href !== undefined) pieces.push({ kind: 'link', text: label, href })
  }
  if (end < source.length) pieces.push({ kind: 'text', text: source.slice(end) })
  return pieces
}

const BULLET = /^[-*] +/

export function parseBlocks(source: string): Block[] {
  return source
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n').map((line) => line.trim())
      if (lines.every((line) => BULLET.test(line))) {
        return { kind: 'list', items: lines.map((line) => parseInline(line.replace(BULLET, ''))) }
      }
      const text = lines.map((line) => line.replace(/^#{1,6} +/, '')).join('\n')
      return { kind: 'paragraph', content: parseInline(text) }
    })
}

/** The same without any markup, for one line of a list. */
export function plainText(source: string): string {
  return parseBlocks(source)
    .flatMap((block) => (block.kind === 'list' ? block.items : [block.content]))
    .map((content) => content.map(({ text }) => text).join(''))
    .join(' ')
    .replace(/\s+/g, ' ')
}
