import type { FieldProblem } from '../../../components/fieldProblems'
import type { ErrorCode } from '../../../gql/graphql'

/** The input that an error is about, below `input`: parameters.pattern. */
export function placeOf(errors: readonly { code: ErrorCode; message: string; path?: readonly string[] | null }[]): FieldProblem[] {
  return errors.map(({ code, message, path }) => {
    const below = (path ?? []).filter((part) => part !== 'input')
    const field = below[0] === 'parameters' ? below.slice(0, 2).join('.') : (below[0] ?? null)
    return { code, message, field: field === 'fieldPath' ? 'fieldPaths' : field }
  })
}
