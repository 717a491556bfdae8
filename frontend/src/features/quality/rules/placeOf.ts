import { problemOf, type FieldProblem, type SentError } from '../../../components/fieldProblems'

/** The input that an error is about, below `input`: parameters.pattern. */
export function placeOf(errors: readonly SentError[]): FieldProblem[] {
  return errors.map((error) => {
    const below = (error.path ?? []).filter((part) => part !== 'input')
    const field = below[0] === 'parameters' ? below.slice(0, 2).join('.') : (below[0] ?? null)
    return { ...problemOf(error), field: field === 'fieldPath' ? 'fieldPaths' : field }
  })
}
