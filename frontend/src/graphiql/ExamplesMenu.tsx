import { ToolbarMenu, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { examples, type Example } from './examples'

/** Opens an example in a tab of its own. */
export function ExamplesMenu() {
  const { addTab } = useGraphiQLActions()
  const queryEditor = useGraphiQL((state) => state.queryEditor)
  const variableEditor = useGraphiQL((state) => state.variableEditor)

  function open({ query, variables }: Example) {
    addTab()
    queryEditor?.setValue(query)
    variableEditor?.setValue(variables)
  }

  return (
    <ToolbarMenu
      button={
        <button type="button" className="graphiql-un-styled datakura-examples" aria-label="Examples">
          Examples
        </button>
      }
    >
      {examples.map((example) => (
        <ToolbarMenu.Item key={example.name} onSelect={() => open(example)}>
          {example.name}
        </ToolbarMenu.Item>
      ))}
    </ToolbarMenu>
  )
}
