import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, InMemoryCache, ServerError, type Observable } from '@apollo/client'
import { of, throwError } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { graphql } from '../gql'
import { authorizingLink, mayPass, renewingLink, retryingLink } from './client'
import { SessionTokens } from './sessionTokens'

const ClientTest = graphql(`
  query ClientTest {
    viewer {
      id
    }
  }
`)

const UNAUTHENTICATED = {
  data: null,
  errors: [{ message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } }],
}
const ANSWER = { data: { viewer: { __typename: 'User', id: 'user-1' } } }

function setUp(renewals: (string | null)[], accepts: (authorization: string) => boolean) {
  const headers: Record<string, string>[] = []
  let renewed = 0
  const tokens = new SessionTokens(async () => {
    const accessToken = renewals[renewed] ?? null
    renewed += 1
    return accessToken ? { accessToken, expiresAt: '2999-01-01T00:00:00Z' } : null
  })
  const server = new ApolloLink((operation): Observable<ApolloLink.Result> => {
    const sent = operation.getContext()['headers'] as Record<string, string>
    headers.push(sent)
    return of(accepts(sent['Authorization'] ?? '') ? ANSWER : UNAUTHENTICATED) as Observable<ApolloLink.Result>
  })
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.from([renewingLink(tokens, () => {}), authorizingLink(tokens), server]),
  })
  return { client, tokens, headers, renewed: () => renewed }
}

const fetchViewer = (client: ApolloClient) =>
  client.query({
    query: ClientTest,
    fetchPolicy: 'no-cache',
    context: { queryDeduplication: false },
  })

describe('a request', () => {
  it('bears the access token and names the client', async () => {
    const { client, headers } = setUp(['a'], () => true)
    await fetchViewer(client)
    expect(headers).toEqual([{ Authorization: 'Bearer a', 'X-Datakura-Client': 'web' }])
  })

  it('that is refused as UNAUTHENTICATED is sent again with a new token, once for all of them', async () => {
    const { client, headers, renewed } = setUp(['old', 'new'], (sent) => sent === 'Bearer new')
    const answers = await Promise.all([fetchViewer(client), fetchViewer(client)])
    expect(answers.map(({ data }) => data?.viewer?.id)).toEqual(['user-1', 'user-1'])
    expect(headers.map((sent) => sent['Authorization']).toSorted()).toEqual([
      'Bearer new',
      'Bearer new',
      'Bearer old',
      'Bearer old',
    ])
    expect(renewed()).toBe(2)
  })

  it('that is refused with the new token too fails, and is not sent a third time', async () => {
    const { client, headers } = setUp(['old', 'new'], () => false)
    await expect(fetchViewer(client)).rejects.toSatisfy(CombinedGraphQLErrors.is)
    expect(headers).toHaveLength(2)
  })

  it('fails, and the sign-in has ended, when there is no new token', async () => {
    const { client, tokens, headers } = setUp(['old', null], () => false)
    let ended = 0
    tokens.onEnd(() => {
      ended += 1
    })
    await expect(fetchViewer(client)).rejects.toSatisfy(CombinedGraphQLErrors.is)
    expect(ended).toBe(1)
    expect(headers).toHaveLength(1)
  })
})

describe('what fails on the way', () => {
  const away = (status: number) => new ServerError('away', { response: new Response('', { status }), bodyText: '' })

  function failing(times: number, error: Error) {
    let tries = 0
    const server = new ApolloLink((): Observable<ApolloLink.Result> => {
      tries += 1
      return tries <= times ? throwError(() => error) : (of({ ...ANSWER, data: { ...ANSWER.data, __typename: 'Mutation' } }) as Observable<ApolloLink.Result>)
    })
    const client = new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([retryingLink(1), server]) })
    return { client, tries: () => tries }
  }

  it('is asked again, but not for ever', async () => {
    const passing = failing(3, new TypeError('Failed to fetch'))
    expect((await fetchViewer(passing.client)).data?.viewer?.id).toBe('user-1')
    expect(passing.tries()).toBe(4)
    const lasting = failing(99, away(503))
    await expect(fetchViewer(lasting.client)).rejects.toSatisfy(ServerError.is)
    expect(lasting.tries()).toBe(5)
  })

  it('is not asked again when it would fail again, or may have been done', async () => {
    expect([400, 413, 500].map((status) => mayPass(away(status)))).toEqual([false, false, false])
    const mutating = failing(1, new TypeError('Failed to fetch'))
    const mutation = gql`
      mutation RetryTest {
        signOutEverywhere {
          errors {
            code
          }
        }
      }
    `
    await expect(mutating.client.mutate({ mutation })).rejects.toThrow('Failed to fetch')
    expect(mutating.tries()).toBe(1)
  })
})
