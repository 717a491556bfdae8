/** Which rules found something else on one version than on another. */
import type { ComparedVerdict_versionFragment } from '../../gql/graphql'

export type RuleResult = NonNullable<ComparedVerdict_versionFragment['latestQualityRun']>['results'][number]

export interface ComparedRule {
  key: string
  /** Null: nobody has saved it. */
  ruleId: string | null
  name: string
  /** Null: that version was not checked by it. */
  before: RuleResult | null
  after: RuleResult | null
}

/** In the order of the second version's results, those that only the first one has last. */
export function comparedRules(before: readonly RuleResult[], after: readonly RuleResult[]): { changed: ComparedRule[]; sameCount: number } {
  const keyOf = ({ rule, name }: RuleResult) => rule?.id ?? name
  const befores = new Map(before.map((result) => [keyOf(result), result]))
  const afters = new Map(after.map((result) => [keyOf(result), result]))
  const all = [...new Set([...afters.keys(), ...befores.keys()])].map((key) => ({
    key,
    before: befores.get(key) ?? null,
    after: afters.get(key) ?? null,
  }))
  const changed = all.filter((one) => differ(one.before, one.after))
  return {
    changed: changed.map((one) => {
      const newest = one.after ?? one.before
      return { ...one, ruleId: newest?.rule?.id ?? null, name: newest?.name ?? '' }
    }),
    sameCount: all.length - changed.length,
  }
}

function differ(before: RuleResult | null, after: RuleResult | null): boolean {
  if (!before || !after) return true
  return before.status !== after.status || before.value !== after.value || before.failedRowCount !== after.failedRowCount
}
