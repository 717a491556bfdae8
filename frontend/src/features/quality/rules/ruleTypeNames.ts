/** The rule types that this page has words for; others show what the server says of them, in English. */
export const RULE_TYPES = [
  'aggregate',
  'anomaly',
  'castable',
  'compare_fields',
  'date_range',
  'distinct_count',
  'drift',
  'duplicate_rows',
  'field_count',
  'field_exists',
  'format',
  'freshness',
  'in_set',
  'json',
  'length',
  'missing',
  'new_categories',
  'not_in_set',
  'not_regex',
  'nulls',
  'outliers',
  'primary_key',
  'range',
  'referential',
  'regex',
  'row_count',
  'row_count_change',
  'row_count_match',
  'schema_match',
  'sequential',
  'sql_failed_rows',
  'sql_metric',
  'unique',
] as const

export type KnownRuleType = (typeof RULE_TYPES)[number]

export function knownRuleType(name: string): KnownRuleType | null {
  return RULE_TYPES.find((one) => one === name) ?? null
}
