/** What a mutation refused, by the input that is wrong. */
import type { ErrorCode } from '../gql/graphql'

export interface FieldProblem {
  /** Null: the page itself says what is wrong, in the reader's language. */
  code: ErrorCode | null
  /** By the server, in English. */
  message: string
  /** The innermost name of the input that is wrong; null when it is none in particular. */
  field: string | null
}

/** From a payload's errors, whose paths name inputs from the outermost to the innermost. */
export function fieldProblems(
  errors: readonly { code: ErrorCode; message: string; path?: readonly string[] | null }[],
): FieldProblem[] {
  return errors.map(({ code, message, path }) => ({ code, message, field: path?.at(-1) ?? null }))
}

/** A request that failed as a whole, described by the page. */
export function requestProblem(message: string): FieldProblem {
  return { code: null, message, field: null }
}

/** The same by the input's own fields, for forms that show a list or an object as one field. */
export function inputProblems(
  errors: readonly { code: ErrorCode; message: string; path?: readonly string[] | null }[],
): FieldProblem[] {
  // A path begins with the name of the argument, `input`.
  return errors.map(({ code, message, path }) => ({ code, message, field: path?.[1] ?? null }))
}
