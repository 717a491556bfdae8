import { createContext, useContext } from 'react'
import type { SessionTokens } from './sessionTokens'

const TokensContext = createContext<SessionTokens | null>(null)

export const TokensProvider = TokensContext.Provider

export function useTokens(): SessionTokens {
  const tokens = useContext(TokensContext)
  if (!tokens) throw new Error('useTokens needs a TokensProvider above it')
  return tokens
}
