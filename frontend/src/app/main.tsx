import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { createClient } from '../graphql/client'
import { requestRenewal } from '../graphql/requestRenewal'
import { SessionTokens } from '../graphql/sessionTokens'
import { speak } from '../lib/i18n'
import { App } from './App'
import { Pages } from './Pages'
import { createStore } from './store'

const store = createStore()
const { language } = store.getState().preferences
await speak(language)

const tokens = new SessionTokens(requestRenewal)
const client = createClient(tokens)

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root to draw the page in')
createRoot(root).render(
  <StrictMode>
    <App client={client} store={store} tokens={tokens}>
      <BrowserRouter>
        <Pages />
      </BrowserRouter>
    </App>
  </StrictMode>,
)
