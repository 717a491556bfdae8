import type { ApolloClient } from '@apollo/client'
import { ApolloProvider } from '@apollo/client/react'
import CssBaseline from '@mui/material/CssBaseline'
import { ThemeProvider } from '@mui/material/styles'
import type { ReactNode } from 'react'
import { Provider } from 'react-redux'
import { TokensProvider } from '../graphql/TokensContext'
import type { SessionTokens } from '../graphql/sessionTokens'
import type { Store } from './store'
import { theme } from './theme'
import { ThemeModeSync } from './ThemeModeSync'

export interface AppServices {
  client: ApolloClient
  store: Store
  tokens: SessionTokens
}

/** Everything that pages take for granted, around whatever is shown. */
export function App({ client, store, tokens, children }: AppServices & { children: ReactNode }) {
  const { themeMode } = store.getState().preferences
  return (
    <Provider store={store}>
      <ThemeProvider theme={theme} defaultMode={themeMode} storageManager={null}>
        <CssBaseline enableColorScheme />
        <ThemeModeSync />
        <ApolloProvider client={client}>
          <TokensProvider value={tokens}>{children}</TokensProvider>
        </ApolloProvider>
      </ThemeProvider>
    </Provider>
  )
}
