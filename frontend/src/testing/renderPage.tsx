import { render } from '@testing-library/react'
import type { ApolloClient } from '@apollo/client'
import { useEffect } from 'react'
import { MemoryRouter, useLocation } from 'react-router'
import { App } from '../app/App'
import { Pages } from '../app/Pages'
import { createStore, type Store } from '../app/store'
import { SessionTokens, type IssuedSession } from '../graphql/sessionTokens'
import { speak, type Language } from '../lib/i18n'
import type { FakeApi } from './FakeApi'

export const SESSION: IssuedSession = {
  accessToken: 'token',
  expiresAt: '2999-01-01T00:00:00Z',
}

interface PageOptions {
  language?: Language
  /** What the refresh cookie opens; null: nobody is signed in. */
  session?: IssuedSession | null
  /** Given when the test has prepared something of theirs. */
  client?: ApolloClient
  store?: Store
  tokens?: SessionTokens
}

export interface RenderedPage {
  store: Store
  /** Where the page is now: path and query. */
  address: () => string
  /** Takes the page away, as closing or reloading the tab does. */
  leave: () => void
}

function Probe({ place }: { place: { address: string } }) {
  const { pathname, search } = useLocation()
  useEffect(() => {
    Object.assign(place, { address: `${pathname}${search}` })
  })
  return null
}

/** The whole application at an address, in front of an API that the test answers for. */
export async function renderPage(
  api: FakeApi,
  address: string,
  {
    language = 'en',
    session = SESSION,
    client = api.client(),
    store = createStore(),
    tokens = new SessionTokens(async () => session),
  }: PageOptions = {},
): Promise<RenderedPage> {
  await speak(language)
  const place = { address: '' }
  const { unmount } = render(
    <App client={client} store={store} tokens={tokens}>
      <MemoryRouter initialEntries={[address]}>
        <Pages />
        <Probe place={place} />
      </MemoryRouter>
    </App>,
  )
  return { store, address: () => place.address, leave: unmount }
}
