/** A rule in the middle of being written: as typed, and as the API takes it. */
import type {
  ComparisonOperator,
  LogicalType,
  QualityRuleDraftInput,
  RuleDefinitionFragment,
  RuleFormQuery,
  Severity,
} from '../../../gql/graphql'
import { parametersOf, type Parameter } from './parameterShape'

export type RuleType = RuleFormQuery['qualityRuleTypes'][number]

export interface RuleDraft {
  /** Empty while none is chosen. */
  type: string
  name: string
  fieldPaths: readonly string[]
  /** As typed: numbers are texts. */
  parameters: Readonly<Record<string, unknown>>
  /** Empty: what the type calls normal. */
  operator: ComparisonOperator | ''
  threshold: string
  upperThreshold: string
  warnThreshold: string
  warnUpperThreshold: string
  severity: Severity
  filter: string
  blocksPublication: boolean
}

export const NEW_RULE: RuleDraft = {
  type: '',
  name: '',
  fieldPaths: [],
  parameters: {},
  operator: '',
  threshold: '',
  upperThreshold: '',
  warnThreshold: '',
  warnUpperThreshold: '',
  severity: 'ERROR',
  filter: '',
  blocksPublication: false,
}

const TEXTS = ['type', 'name', 'operator', 'threshold', 'upperThreshold', 'warnThreshold', 'warnUpperThreshold', 'severity', 'filter'] as const

export function isRuleDraft(kept: unknown): kept is RuleDraft {
  if (typeof kept !== 'object' || kept === null) return false
  const fields = kept as Record<string, unknown>
  return (
    TEXTS.every((one) => typeof fields[one] === 'string') &&
    Array.isArray(fields['fieldPaths']) &&
    typeof fields['parameters'] === 'object' &&
    fields['parameters'] !== null &&
    typeof fields['blocksPublication'] === 'boolean'
  )
}

const asTyped = (value: number | null) => (value === null ? '' : String(value))

/** A saved rule, to be changed. */
export function draftOfRule(rule: Omit<RuleDefinitionFragment, 'id' | 'enabled' | ' $fragmentName'>): RuleDraft {
  return {
    type: rule.type,
    name: rule.name,
    fieldPaths: rule.fieldPaths,
    parameters: typeof rule.parameters === 'object' && rule.parameters !== null ? { ...rule.parameters } : {},
    operator: rule.operator ?? '',
    threshold: asTyped(rule.threshold),
    upperThreshold: asTyped(rule.upperThreshold),
    warnThreshold: asTyped(rule.warnThreshold),
    warnUpperThreshold: asTyped(rule.warnUpperThreshold),
    severity: rule.severity,
    filter: rule.filter ?? '',
    blocksPublication: rule.blocksPublication,
  }
}

/** A draft of another type: what both have stays. */
export function withType(draft: RuleDraft, type: RuleType, columns: readonly string[]): RuleDraft {
  const known = new Set(parametersOf(type.parametersSchema).map(({ name }) => name))
  const most = type.maxFields ?? Number.POSITIVE_INFINITY
  return {
    ...draft,
    type: type.name,
    parameters: Object.fromEntries(Object.entries(draft.parameters).filter(([name]) => known.has(name))),
    fieldPaths: draft.fieldPaths.filter((one) => columns.includes(one)).slice(0, most),
    operator: type.needsOperator && draft.operator === '' ? 'GREATER_OR_EQUAL' : type.hasOperator ? draft.operator : '',
  }
}

/** Whether the operator has two ends. */
export function hasTwoEnds(operator: string): boolean {
  return operator === 'BETWEEN' || operator === 'NOT_BETWEEN'
}

/** What a number field holds: null when it is empty, NaN when it is no number. */
export function readNumber(typed: string): number | null {
  const trimmed = typed.trim()
  return trimmed === '' ? null : Number(trimmed)
}

/**
 * Where what was typed is no number, by the name of the input.
 *
 * The server judges everything else; a number that is none cannot even be sent to it.
 */
export function unreadable(draft: RuleDraft, type: RuleType): string[] {
  const thresholds = (['threshold', 'upperThreshold', 'warnThreshold', 'warnUpperThreshold'] as const).filter((one) =>
    Number.isNaN(readNumber(draft[one])),
  )
  const parameters = parametersOf(type.parametersSchema).filter((one) => readParameter(one, draft.parameters[one.name]) === UNREADABLE)
  return [...thresholds, ...parameters.map(({ name }) => `parameters.${name}`)]
}

const UNREADABLE = Symbol('unreadable')

/** The value of a parameter from what was typed; undefined: not given. */
function readParameter({ shape }: Parameter, typed: unknown): unknown {
  if (typed === undefined || typed === null) return undefined
  switch (shape.kind) {
    case 'number': {
      const number = readNumber(String(typed))
      return number === null ? undefined : Number.isNaN(number) ? UNREADABLE : number
    }
    case 'text':
    case 'choice':
      return typed === '' ? undefined : typed
    case 'json':
      if (typeof typed !== 'string') return typed
      if (typed.trim() === '') return undefined
      try {
        return JSON.parse(typed) as unknown
      } catch {
        return UNREADABLE
      }
    default:
      return typed
  }
}

/** For the API. */
export function inputOf(draft: RuleDraft, type: RuleType): QualityRuleDraftInput {
  const parameters = Object.fromEntries(
    parametersOf(type.parametersSchema)
      .map((one) => [one.name, readParameter(one, draft.parameters[one.name])] as const)
      .filter(([, value]) => value !== undefined && value !== UNREADABLE),
  )
  const { operator } = draft
  return {
    name: draft.name.trim(),
    type: draft.type,
    fieldPaths: [...draft.fieldPaths],
    parameters,
    operator: operator === '' ? null : operator,
    threshold: operator === '' ? null : readNumber(draft.threshold),
    upperThreshold: hasTwoEnds(operator) ? readNumber(draft.upperThreshold) : null,
    warnThreshold: readNumber(draft.warnThreshold),
    warnUpperThreshold: hasTwoEnds(operator) ? readNumber(draft.warnUpperThreshold) : null,
    severity: draft.severity,
    filter: draft.filter.trim() === '' ? null : draft.filter.trim(),
  }
}

/** A typed entry of a list of values: a number where the column holds numbers. */
export function readListed(typed: string, columnType: LogicalType | null): string | number | boolean {
  const trimmed = typed.trim()
  const number = Number(trimmed)
  if ((columnType === 'INTEGER' || columnType === 'NUMBER') && trimmed !== '' && !Number.isNaN(number)) return number
  if (columnType === 'BOOLEAN' && (trimmed === 'true' || trimmed === 'false')) return trimmed === 'true'
  return typed
}
