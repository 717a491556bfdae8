import { useEffect, useState } from 'react'
import type { SessionTokens } from '../graphql/sessionTokens'

/** The way back to the web page, and whether requests are sent as somebody. */
export function SessionNote({ tokens }: { tokens: SessionTokens }) {
  const [signedIn, setSignedIn] = useState<boolean | null>(null)
  useEffect(() => {
    tokens.current().then(
      (token) => setSignedIn(token !== null),
      () => setSignedIn(null),
    )
  }, [tokens])
  return (
    <span className="datakura-session">
      <a href="/">Datakura</a>
      {signedIn === false && (
        <>
          {' · '}
          <a href="/sign-in?next=/graphiql">Sign in</a>
        </>
      )}
    </span>
  )
}
