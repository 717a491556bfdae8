/** Which rows of a version are looked at and in which order, as the address holds it. */
import type { LogicalType, RowFilter, RowOrder } from '../../gql/graphql'

export const rowOperators = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains', 'startsWith', 'in', 'isNull', 'notNull'] as const
export type RowOperator = (typeof rowOperators)[number]

export interface RowCondition {
  fieldPath: string
  operator: RowOperator
  /** As typed; none where the operator needs none, several for `in`. */
  values: readonly string[]
}

export interface RowSort {
  fieldPath: string
  descending: boolean
}

export interface RowViewState {
  conditions: readonly RowCondition[]
  sorts: readonly RowSort[]
}

export const MOST_SORTS = 3

const WITHOUT_VALUE: readonly RowOperator[] = ['isNull', 'notNull']
const COMPARING: readonly RowOperator[] = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in']

export const takesValue = (operator: RowOperator) => !WITHOUT_VALUE.includes(operator)

/** What can be asked of a column of this type, the most usual first. */
export function operatorsOf(type: LogicalType): readonly RowOperator[] {
  switch (type) {
    case 'STRING':
      return ['contains', 'startsWith', ...COMPARING, ...WITHOUT_VALUE]
    case 'BOOLEAN':
      return ['eq', ...WITHOUT_VALUE]
    case 'OBJECT':
    case 'ARRAY':
      return WITHOUT_VALUE
    default:
      return [...COMPARING, ...WITHOUT_VALUE]
  }
}

export const isSortable = (type: LogicalType) => type !== 'OBJECT' && type !== 'ARRAY'

const SHAPES: Partial<Record<LogicalType, RegExp>> = {
  INTEGER: /^[+-]?\d{1,38}$/,
  NUMBER: /^([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?|NaN|-?Infinity)$/,
  BOOLEAN: /^(true|false)$/,
  DATE: /^\d{4}-\d{2}-\d{2}$/,
  TIME: /^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/,
  TIMESTAMP: /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?$/,
}

/** Whether the server would take the text as a value of the type; it has the last word. */
export function isValue(text: string, type: LogicalType): boolean {
  return text.length <= 1000 && (SHAPES[type]?.test(text) ?? true)
}

export function readRowView(search: URLSearchParams, types: ReadonlyMap<string, LogicalType>): RowViewState {
  const sorts: RowSort[] = []
  for (const text of search.getAll('sort')) {
    const fieldPath = text.slice(1)
    if (/^[+-]/.test(text) && types.has(fieldPath) && sorts.length < MOST_SORTS && !sorts.some((one) => one.fieldPath === fieldPath)) {
      sorts.push({ fieldPath, descending: text.startsWith('-') })
    }
  }
  return { sorts, conditions: search.getAll('where').map((text) => readCondition(text, types)).filter((one) => one !== null) }
}

/** What the address says that makes no sense for these columns is left out: another version may lack a column. */
function readCondition(text: string, types: ReadonlyMap<string, LogicalType>): RowCondition | null {
  let parts: unknown
  try {
    parts = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return null
  const [fieldPath = '', name, ...values] = parts as string[]
  const type = types.get(fieldPath)
  const operator = type && operatorsOf(type).find((one) => one === name)
  if (!operator || (takesValue(operator) ? values.length === 0 : values.length > 0)) return null
  return { fieldPath, operator, values: operator === 'in' ? values : values.slice(0, 1) }
}

export function writeRowView(search: URLSearchParams, { sorts, conditions }: RowViewState): URLSearchParams {
  const next = new URLSearchParams(search)
  for (const name of ['sort', 'where', 'row']) next.delete(name)
  for (const { fieldPath, descending } of sorts) next.append('sort', `${descending ? '-' : '+'}${fieldPath}`)
  for (const { fieldPath, operator, values } of conditions) next.append('where', JSON.stringify([fieldPath, operator, ...values]))
  return next
}

/** Ascending, descending, as in the file. */
export function nextSorts(sorts: readonly RowSort[], fieldPath: string): RowSort[] {
  const [first] = sorts
  if (first?.fieldPath !== fieldPath) return [{ fieldPath, descending: false }]
  return first.descending ? [] : [{ fieldPath, descending: true }]
}

/** The arguments of `rows`. */
export interface RowViewVariables {
  orderBy: RowOrder[] | null
  filter: RowFilter | null
}

export function variablesOf({ sorts, conditions }: RowViewState, types: ReadonlyMap<string, LogicalType>): RowViewVariables {
  const filters = conditions.map((condition) => filterOf(condition, types.get(condition.fieldPath)))
  return {
    orderBy:
      sorts.length === 0
        ? null
        : sorts.map(({ fieldPath, descending }) => ({ fieldPath, direction: descending ? ('DESC' as const) : ('ASC' as const) })),
    filter: filters.length === 0 ? null : filters.length === 1 ? (filters[0] ?? null) : { and: filters },
  }
}

function filterOf({ fieldPath, operator, values }: RowCondition, type: LogicalType | undefined): RowFilter {
  const [value = ''] = values
  switch (operator) {
    case 'isNull':
      return { fieldPath, isNull: true }
    case 'notNull':
      return { fieldPath, isNull: false }
    case 'in':
      return { fieldPath, in: [...values] }
    default:
      return { fieldPath, [operator]: type === 'BOOLEAN' ? value === 'true' : value }
  }
}
