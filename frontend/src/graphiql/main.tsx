/** GraphiQL, bundled from our own files: it works offline and under a policy without inline scripts. */
import 'graphiql/setup-workers/vite'
// One by one and not graphiql/style.css, which has its fonts inside as data: addresses.
import '@graphiql/react/style.css'
import '@graphiql/plugin-doc-explorer/style.css'
import '@graphiql/plugin-history/style.css'
import 'graphiql/graphiql.css'
import './graphiql.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { requestRenewal } from '../graphql/requestRenewal'
import { SessionTokens } from '../graphql/sessionTokens'
import { Playground } from './Playground'

const root = document.getElementById('graphiql')
if (!root) throw new Error('graphiql.html has no #graphiql to draw the page in')
createRoot(root).render(
  <StrictMode>
    <Playground tokens={new SessionTokens(requestRenewal)} />
  </StrictMode>,
)
