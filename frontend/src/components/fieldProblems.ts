/** What a mutation refused, by the input that is wrong. */

export interface FieldProblem {
  message: string
  /** The innermost name of the input that is wrong; null when it is none in particular. */
  field: string | null
}

/** From a payload's errors, whose paths name inputs from the outermost to the innermost. */
export function fieldProblems(
  errors: readonly { message: string; path: readonly string[] | null }[],
): FieldProblem[] {
  return errors.map(({ message, path }) => ({ message, field: path?.at(-1) ?? null }))
}

export function messageAt(problems: readonly FieldProblem[], field: string): string | undefined {
  return problems.find((one) => one.field === field)?.message
}
