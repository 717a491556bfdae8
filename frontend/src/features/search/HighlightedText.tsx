import Box from '@mui/material/Box'

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
}

function decode(escaped: string): string {
  return escaped.replace(/&(?:amp|lt|gt|quot|#x27|#39);/g, (entity) => ENTITIES[entity] ?? entity)
}

/** The pieces of a fragment in which `<mark>` and `</mark>` are markup and all else is escaped text. */
export function splitHighlight(fragment: string): { text: string; marked: boolean }[] {
  return fragment
    .split(/(<mark>.*?<\/mark>)/s)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const marked = piece.startsWith('<mark>') && piece.endsWith('</mark>')
      return { text: decode(marked ? piece.slice(6, -7) : piece), marked }
    })
}

/** Where the words of a search were found. Becomes text nodes, never HTML. */
export function HighlightedText({ fragment }: { fragment: string }) {
  return (
    <>
      {splitHighlight(fragment).map(({ text, marked }, index) =>
        marked ? (
          <Box
            component="mark"
            key={index}
            sx={{ bgcolor: 'transparent', color: 'primary.main', fontWeight: 700 }}
          >
            {text}
          </Box>
        ) : (
          text
        ),
      )}
    </>
  )
}
