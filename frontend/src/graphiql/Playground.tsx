import { GraphiQL } from 'graphiql'
import { useMemo } from 'react'
import type { SessionTokens } from '../graphql/sessionTokens'
import { createFetcher } from './createFetcher'
import { examples } from './examples'
import { ExamplesMenu } from './ExamplesMenu'
import { SessionNote } from './SessionNote'

const WELCOME = `# Datakura. “Examples” in the toolbar opens operations to start from;
# the book on the left is the schema, with every field described.
`

/** GraphiQL with the viewer's own session. */
export function Playground({ tokens }: { tokens: SessionTokens }) {
  const fetcher = useMemo(() => createFetcher(tokens), [tokens])
  const datasets = examples.find(({ name }) => name === 'Datasets')
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultQuery={WELCOME}
      {...(datasets && { defaultTabs: [{ query: datasets.query }] })}
      defaultEditorToolsVisibility="variables"
    >
      <GraphiQL.Logo>
        <SessionNote tokens={tokens} />
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            <ExamplesMenu />
            {prettify}
            {merge}
            {copy}
          </>
        )}
      </GraphiQL.Toolbar>
    </GraphiQL>
  )
}
