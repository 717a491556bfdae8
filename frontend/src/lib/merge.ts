/** Three-way merge of forms: what two people made of the same beginning. */

export interface Merge<Form> {
  /** All that one of both changed; where both did, mine. */
  merged: Form
  /** Fields that both changed, each to something else. */
  conflicts: (keyof Form & string)[]
}

export function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

/** The fields whose values differ. */
export function changedFields<Form extends object>(base: Form, form: Form): (keyof Form & string)[] {
  return (Object.keys(base) as (keyof Form & string)[]).filter((field) => !isSame(base[field], form[field]))
}

export function mergeForms<Form extends object>(base: Form, mine: Form, theirs: Form): Merge<Form> {
  const byMe = changedFields(base, mine)
  const merged = { ...theirs, ...Object.fromEntries(byMe.map((field) => [field, mine[field]])) }
  const conflicts = changedFields(base, theirs).filter(
    (field) => byMe.includes(field) && !isSame(mine[field], theirs[field]),
  )
  return { merged, conflicts }
}
