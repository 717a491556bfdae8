/** What a mutation refused, by the input that is wrong. */
import type { ErrorCode } from '../gql/graphql'
import type { SentPhrase } from '../lib/phrases'

export interface FieldProblem {
  /** Null: the page itself says what is wrong, in the reader's language. */
  code: ErrorCode | null
  /** By the server, in English. */
  message: string
  /** The same for other languages; absent when the page itself says it. */
  messagePhrase?: SentPhrase
  /** The innermost name of the input that is wrong; null when it is none in particular. */
  field: string | null
}

/** `UserError` of the API, as far as a document asks for it. */
export interface SentError {
  code: ErrorCode
  message: string
  messagePhrase?: SentPhrase
  path?: readonly string[] | null
}

/** From a payload's errors, whose paths name inputs from the outermost to the innermost. */
export function fieldProblems(
  errors: readonly SentError[],
): FieldProblem[] {
  return errors.map((error) => ({ ...problemOf(error), field: error.path?.at(-1) ?? null }))
}

/** An error without its place. */
export function problemOf({ code, message, messagePhrase }: SentError): Omit<FieldProblem, 'field'> {
  return { code, message, messagePhrase }
}

/** A request that failed as a whole, described by the page. */
export function requestProblem(message: string): FieldProblem {
  return { code: null, message, field: null }
}

/** The same by the input's own fields, for forms that show a list or an object as one field. */
export function inputProblems(
  errors: readonly SentError[],
): FieldProblem[] {
  // A path begins with the name of the argument, `input`.
  return errors.map((error) => ({ ...problemOf(error), field: error.path?.[1] ?? null }))
}
