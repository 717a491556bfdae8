import Box from '@mui/material/Box'
import Link from '@mui/material/Link'
import { lazy, Suspense, type ComponentProps } from 'react'
import type { Components } from 'react-markdown'

const Rendered = lazy(async () => {
  const [{ default: ReactMarkdown }, { default: gfm }] = await Promise.all([
    import('react-markdown'),
    import('remark-gfm'),
  ])
  const plugins = [gfm]
  return {
    default: ({ source }: { source: string }) => (
      <ReactMarkdown remarkPlugins={plugins} components={COMPONENTS}>
        {source}
      </ReactMarkdown>
    ),
  }
})

function Heading({ children }: ComponentProps<'h3'>) {
  return <h3>{children}</h3>
}

/**
 * HTML stays text, and addresses other than of the web and of mail lead nowhere: that is how the
 * library works unless told otherwise. Headings sink below those of the page; a picture would come
 * from another site, which the page's policy refuses and which would tell that site who reads, so it
 * is a link.
 */
const COMPONENTS: Components = {
  h1: Heading,
  h2: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  a: ({ href, children }) => (
    <Link {...(href && { href })} target="_blank" rel="noopener noreferrer">
      {children}
    </Link>
  ),
  img: ({ src, alt }) => (
    <Link {...(typeof src === 'string' && src && { href: src })} target="_blank" rel="noopener noreferrer">
      {alt || src}
    </Link>
  ),
  table: ({ children }) => (
    // Scrolls, so the keyboard has to reach it.
    <Box tabIndex={0} role="group" sx={{ overflowX: 'auto' }}>
      <table>{children}</table>
    </Box>
  ),
}

/** A description: CommonMark with tables, task lists and bare addresses. */
export function Markdown({ source }: { source: string }) {
  return (
    <Box
      sx={{
        maxWidth: '80ch',
        overflowWrap: 'anywhere',
        color: 'text.secondary',
        '& p, & ul, & ol, & pre, & blockquote, & h3': { m: 0 },
        '& h3': { color: 'text.primary', fontSize: '1rem' },
        '& * + p, & * + ul, & * + ol, & * + pre, & * + blockquote, & * + h3, & * + div': { mt: 1 },
        '& code': { fontFamily: 'monospace', bgcolor: 'action.hover', px: 0.5, borderRadius: 0.5 },
        '& pre': { p: 1.5, bgcolor: 'action.hover', borderRadius: 1, overflowX: 'auto' },
        '& pre code': { p: 0, bgcolor: 'transparent' },
        '& blockquote': { pl: 1.5, borderLeft: 3, borderColor: 'divider' },
        '& table': { borderCollapse: 'collapse' },
        '& th, & td': { border: 1, borderColor: 'divider', px: 1, py: 0.5, textAlign: 'left' },
      }}
    >
      {/* Until the library is there, the text as it was written. */}
      <Suspense fallback={<p>{source}</p>}>
        <Rendered source={source} />
      </Suspense>
    </Box>
  )
}
