/** What a form field for a parameter has to be, read from the JSON Schema of a rule type's parameters. */

export type ParameterShape =
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'flag' }
  | { kind: 'number'; integer: boolean }
  | { kind: 'text'; long: boolean }
  | { kind: 'list'; ofTexts: boolean }
  | { kind: 'columns' }
  /** Of a shape that this page has no field for: typed as JSON. */
  | { kind: 'json' }

export interface Parameter {
  name: string
  title: string
  description: string
  required: boolean
  /** What holds when nothing is given. */
  initial: unknown
  shape: ParameterShape
}

type Schema = Record<string, unknown>

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** Longer texts, as SQL, are typed over several lines. */
const LONG_FROM = 5_000

/** In the order of the schema. */
export function parametersOf(parametersSchema: unknown): Parameter[] {
  if (!isSchema(parametersSchema) || !isSchema(parametersSchema['properties'])) return []
  const required = Array.isArray(parametersSchema['required']) ? parametersSchema['required'] : []
  return Object.entries(parametersSchema['properties']).map(([name, given]) => {
    const schema = isSchema(given) ? given : {}
    return {
      name,
      title: text(schema['title']) || name,
      description: text(schema['description']),
      required: required.includes(name),
      initial: schema['default'] ?? null,
      shape: shapeOf(schema),
    }
  })
}

function shapeOf(schema: Schema): ParameterShape {
  const options = Array.isArray(schema['anyOf']) ? schema['anyOf'].filter(isSchema) : []
  const real = options.filter((one) => one['type'] !== 'null')
  if (real.length > 0) {
    const types = new Set(real.map((one) => one['type']))
    if ([...types].every((one) => one === 'number' || one === 'integer')) {
      return { kind: 'number', integer: !types.has('number') }
    }
    const [only] = real
    return only && real.length === 1 ? shapeOf(only) : { kind: 'json' }
  }
  const values = schema['enum']
  if (Array.isArray(values) && values.every((one) => typeof one === 'string')) return { kind: 'choice', values }
  switch (schema['type']) {
    case 'boolean':
      return { kind: 'flag' }
    case 'number':
    case 'integer':
      return { kind: 'number', integer: schema['type'] === 'integer' }
    case 'string':
      return { kind: 'text', long: typeof schema['maxLength'] === 'number' && schema['maxLength'] > LONG_FROM }
    case 'array':
      return listShape(schema['items'])
    default:
      return { kind: 'json' }
  }
}

function listShape(items: unknown): ParameterShape {
  if (!isSchema(items)) return { kind: 'json' }
  if (items['type'] === 'string') return { kind: 'list', ofTexts: true }
  if (Array.isArray(items['anyOf'])) return { kind: 'list', ofTexts: false }
  const properties = items['properties']
  if (isSchema(properties) && 'fieldPath' in properties && 'logicalType' in properties) return { kind: 'columns' }
  return { kind: 'json' }
}
