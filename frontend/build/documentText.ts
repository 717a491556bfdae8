/** The text of an operation as the page would send it, and the name that it is known by instead. */
import { InMemoryCache } from '@apollo/client/cache'
import { createHash } from 'node:crypto'
import { print, type DocumentNode } from 'graphql'

const cache = new InMemoryCache()

/** With the `__typename` of every selection, without which the page's cache could not take the answer. */
export function documentText(document: DocumentNode): string {
  return print(cache.transformDocument(document))
}

export function documentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
