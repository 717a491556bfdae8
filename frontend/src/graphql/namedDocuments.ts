/** Operations go by name: the SHA-256 of a document that the page's build wrote down for the api. */
import { ApolloLink } from '@apollo/client'
import type { ASTNode } from 'graphql'
import { mergeMap, of } from 'rxjs'

const NAME = /"query":("sha256:[0-9a-f]{64}")\}$/

/** How a built page names a document; null in development, where none has a name. */
function nameOf(document: ASTNode): string | null {
  const { __meta__: meta } = document as ASTNode & { __meta__?: { hash: string } }
  return meta ? `sha256:${meta.hash}` : null
}

function isUnknown({ errors }: ApolloLink.Result): boolean {
  return errors?.some(({ extensions }) => extensions?.['code'] === 'DOCUMENT_NOT_FOUND') ?? false
}

/**
 * What an HTTP link needs to send names, and the link before it.
 *
 * A server of another version refuses a name before it does anything: then, and from then on, the text is sent.
 */
export function namedDocuments() {
  let known = true
  const link = new ApolloLink((operation, forward) => {
    const named = known && nameOf(operation.query) !== null
    return forward(operation).pipe(
      mergeMap((result) => {
        if (!named || !isUnknown(result)) return of(result)
        known = false
        return forward(operation)
      }),
    )
  })
  return {
    link,
    print: (document: ASTNode, print: (document: ASTNode) => string): string =>
      (known ? nameOf(document) : null) ?? print(document),
    // The link writes what `print` gives as the body's last member, `query`.
    fetch: (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
      window.fetch(
        input,
        typeof init?.body === 'string' ? { ...init, body: init.body.replace(NAME, '"documentId":$1}') } : init,
      ),
  }
}
