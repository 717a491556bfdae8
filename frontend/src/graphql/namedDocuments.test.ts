import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client'
import { BaseHttpLink } from '@apollo/client/link/http'
import { print } from 'graphql'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { graphql } from '../gql'
import { namedDocuments } from './namedDocuments'

const NamedTest = graphql(`
  query NamedTest($id: ID!) {
    node(id: $id) {
      id
    }
  }
`)

const HASH = 'ab'.repeat(32)
const VARIABLES = { id: `"query":"sha256:${HASH}"}` }
const ANSWER = { data: { node: null } }
const UNKNOWN = { errors: [{ message: 'No document.', extensions: { code: 'DOCUMENT_NOT_FOUND' } }] }

/** A client whose server knows the document, or not; and what it was sent. */
function setUp(knows: boolean) {
  const sent: Record<string, unknown>[] = []
  vi.stubGlobal('fetch', async (_url: string, { body }: { body: string }) => {
    const request = JSON.parse(body) as Record<string, unknown>
    sent.push(request)
    const refused = 'documentId' in request && !knows
    const headers = { 'Content-Type': 'application/graphql-response+json' }
    return new Response(JSON.stringify(refused ? UNKNOWN : ANSWER), { status: refused ? 400 : 200, headers })
  })
  const named = namedDocuments()
  const http = new BaseHttpLink({ uri: '/graphql', print: named.print, fetch: named.fetch })
  const client = new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([named.link, http]) })
  const ask = (query: typeof NamedTest) => client.query({ query, variables: VARIABLES, fetchPolicy: 'no-cache' })
  return { sent, ask }
}

// As build/inlineDocuments.ts leaves it.
const BUILT = { ...NamedTest, __meta__: { hash: HASH } }

describe('operations by name', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('are sent without their text', async () => {
    const { sent, ask } = setUp(true)
    await ask(BUILT)
    expect(sent).toEqual([{ operationName: 'NamedTest', variables: VARIABLES, documentId: `sha256:${HASH}` }])
  })

  it('are sent as text to a server of another version, which is asked by name once only', async () => {
    const { sent, ask } = setUp(false)
    expect((await ask(BUILT)).data).toEqual(ANSWER.data)
    await ask(BUILT)
    expect(sent.map(Object.keys)).toEqual([
      ['operationName', 'variables', 'documentId'],
      ['operationName', 'variables', 'query'],
      ['operationName', 'variables', 'query'],
    ])
  })

  it('have none in development', async () => {
    const { sent, ask } = setUp(true)
    await ask(NamedTest)
    expect(sent).toHaveLength(1)
    expect(sent[0]?.['query']).toContain(print(NamedTest).slice(0, 30))
  })
})
