/** A template in the middle of being written: as typed, and as the API takes it. */
import type { RuleTemplateRuleInput, TemplateCard_templateFragment } from '../../../gql/graphql'
import { problemOf, type FieldProblem, type SentError } from '../../../components/fieldProblems'
import { draftOfRule, inputOf, isRuleDraft, type RuleDraft, type RuleType } from '../rules/ruleDraft'

export const BINDINGS = ['TAG', 'SEMANTIC_TYPE'] as const
export type Binding = (typeof BINDINGS)[number]

export interface TemplateRuleDraft extends RuleDraft {
  /** Null: a new one. */
  id: string | null
}

export interface TemplateDraft {
  name: string
  description: string
  binding: Binding
  /** The tag or the semantic type. */
  boundTo: string
  rules: readonly TemplateRuleDraft[]
}

export const NEW_TEMPLATE: TemplateDraft = { name: '', description: '', binding: 'TAG', boundTo: '', rules: [] }

export function draftOfTemplate({ name, description, tag, semanticType, rules }: TemplateCard_templateFragment): TemplateDraft {
  return {
    name,
    description: description ?? '',
    binding: tag === null ? 'SEMANTIC_TYPE' : 'TAG',
    boundTo: tag ?? semanticType ?? '',
    rules: rules.map((rule) => ({ ...draftOfRule(rule), id: rule.id })),
  }
}

export function isTemplateDraft(kept: unknown): kept is TemplateDraft {
  if (typeof kept !== 'object' || kept === null) return false
  const { name, description, binding, boundTo, rules } = kept as Record<string, unknown>
  return (
    [name, description, boundTo].every((text) => typeof text === 'string') &&
    BINDINGS.some((one) => one === binding) &&
    Array.isArray(rules) &&
    rules.every(isRuleDraft)
  )
}

/** For the API. A rule about each column of a semantic type names none. */
export function rulesInput({ rules, binding }: TemplateDraft, types: readonly RuleType[]): RuleTemplateRuleInput[] {
  return rules.flatMap(({ id, ...rule }) => {
    const type = types.find(({ name }) => name === rule.type)
    if (!type) return []
    const fieldPaths = binding === 'TAG' ? [...rule.fieldPaths] : []
    return [{ ...inputOf(rule, type), fieldPaths, blocksPublication: rule.blocksPublication, ...(id !== null && { id }) }]
  })
}

/** A semantic type names one column at a time, so a rule of it is about exactly one. */
export function fits(type: RuleType, binding: Binding): boolean {
  return binding === 'TAG' || (type.minFields <= 1 && (type.maxFields === null || type.maxFields >= 1))
}

export interface TemplateProblem extends Omit<FieldProblem, 'field'> {
  /** The place of the rule that is wrong; null: the template itself. */
  rule: number | null
  /** Of the template; null: none in particular. */
  field: string | null
}

/** Where each error belongs, from paths as input.rules.0.threshold. */
export function templateProblems(errors: readonly SentError[]): TemplateProblem[] {
  return errors.map((error) => {
    const [field, place] = (error.path ?? []).filter((part) => part !== 'input')
    const at = field === 'rules' && place !== undefined ? Number(place) : Number.NaN
    if (Number.isInteger(at)) return { ...problemOf(error), rule: at, field: null }
    return { ...problemOf(error), rule: null, field: field ?? null }
  })
}
