import { useApolloClient, useMutation } from '@apollo/client/react'
import { useDispatch } from 'react-redux'
import { graphql } from '../../gql'
import { useTokens } from '../../graphql/TokensContext'
import { phaseChanged } from './sessionSlice'

const SignOut = graphql(`
  mutation SignOut {
    signOut {
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

/** The way out. */
export function useSignOut(): () => Promise<void> {
  const [signOut] = useMutation(SignOut)
  const client = useApolloClient()
  const tokens = useTokens()
  const dispatch = useDispatch()

  return async () => {
    // Whatever the server says, this page forgets the session: that is what was asked for.
    await signOut().catch(() => undefined)
    tokens.clear()
    dispatch(phaseChanged('SIGNED_OUT'))
    await client.clearStore()
  }
}
