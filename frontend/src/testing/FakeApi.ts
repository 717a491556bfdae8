/** The server's schema with answers given by a test: documents are validated and executed for real. */
import { ApolloClient, ApolloLink } from '@apollo/client'
import {
  buildSchema,
  defaultFieldResolver,
  execute,
  subscribe,
  validate,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { from, mergeMap, Observable } from 'rxjs'
import { createCache } from '../graphql/cache'

type Resolver = (args: never) => unknown

export interface Roots {
  query?: Record<string, Resolver>
  mutation?: Record<string, Resolver>
  subscription?: Record<string, Resolver>
}

export interface SentOperation {
  name: string
  variables: Record<string, unknown>
}

let schema: GraphQLSchema | null = null

function loadSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'))
  return schema
}

/** Beside a sentence that a test gives in English alone stands a phrase without a code, as beside one that was stored before. */
const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, context, info) => {
  const given: unknown = defaultFieldResolver(source, args, context, info)
  const [, name, plural] = /^(\w+)Phrase(s?)$/.exec(info.fieldName) ?? []
  if (given !== undefined || name === undefined) return given
  const sentence = (source as Record<string, unknown>)[plural ? `${name}s` : name]
  const phrase = (message: unknown) => ({ message, code: null, params: {} })
  if (Array.isArray(sentence)) return sentence.map(phrase)
  return typeof sentence === 'string' ? phrase(sentence) : sentence
}

/** Answers by root field; what a test does not answer fails with the field's name. */
export class FakeApi {
  readonly sent: SentOperation[] = []
  readonly roots: Roots

  constructor(roots: Roots) {
    this.roots = roots
  }

  sentNames(): string[] {
    return this.sent.map(({ name }) => name)
  }

  client(): ApolloClient {
    return new ApolloClient({ cache: createCache(), link: this.link() })
  }

  link(): ApolloLink {
    return new ApolloLink((operation) => {
      const { query: document, variables, operationName } = operation
      this.sent.push({ name: operationName ?? '', variables: structuredClone(variables) })
      const problems = validate(loadSchema(), document)
      if (problems.length > 0) throw problems[0]
      const kind = operation.operationType
      const args = {
        schema: loadSchema(),
        document,
        variableValues: variables,
        rootValue: this.roots[kind] ?? {},
        fieldResolver,
      }
      if (kind !== 'subscription') {
        return from(Promise.resolve(execute(args)).then((result) => toJson(result)))
      }
      return from(Promise.resolve(subscribe(args))).pipe(
        mergeMap((stream) =>
          Symbol.asyncIterator in stream ? fromStream(stream) : [toJson(stream)],
        ),
      )
    })
  }
}

// As it would come over the wire: plain objects, errors with message, path and extensions only.
function toJson(result: unknown): ApolloLink.Result {
  return JSON.parse(JSON.stringify(result)) as ApolloLink.Result
}

function fromStream(stream: AsyncIterable<unknown> & AsyncIterator<unknown>): Observable<ApolloLink.Result> {
  return new Observable((observer) => {
    const iterator = stream[Symbol.asyncIterator]()
    const pump = async () => {
      for (;;) {
        const { done, value } = await iterator.next()
        if (done) break
        observer.next(toJson(value))
      }
      observer.complete()
    }
    pump().catch((error: unknown) => observer.error(error))
    return () => void iterator.return?.()
  })
}
