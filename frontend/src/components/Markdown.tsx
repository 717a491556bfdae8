import Box from '@mui/material/Box'
import Link from '@mui/material/Link'
import { parseBlocks, type Inline } from '../lib/markdown'

/** A description, with the little formatting that descriptions use. */
export function Markdown({ source }: { source: string }) {
  return (
    <Box sx={{ maxWidth: '80ch', color: 'text.secondary', '& p, & ul': { m: 0 }, '& > * + *': { mt: 1 } }}>
      {parseBlocks(source).map((block, index) =>
        block.kind === 'list' ? (
          <ul key={index}>
            {block.items.map((item, position) => (
              <li key={position}>
                <InlineText content={item} />
              </li>
            ))}
          </ul>
        ) : (
          <p key={index}>
            <InlineText content={block.content} />
          </p>
        ),
      )}
    </Box>
  )
}

function InlineText({ content }: { content: readonly Inline[] }) {
  return content.map((piece, index) => {
    switch (piece.kind) {
      case 'strong':
        return <strong key={index}>{piece.text}</strong>
      case 'emphasis':
        return <em key={index}>{piece.text}</em>
      case 'code':
        return <code key={index}>{piece.text}</code>
      case 'link':
        return (
          <Link key={index} href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </Link>
        )
      default:
        return piece.text
    }
  })
}
