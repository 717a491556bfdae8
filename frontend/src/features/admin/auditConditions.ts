/** Conditions on the audit trail, as the address holds them. */
import type { AuditEventFilter } from '../../gql/graphql'

/** What actions are about: the part before the dot. */
export const NOUNS = [
  'access',
  'api_key',
  'audit',
  'check_schedule',
  'data_contract',
  'dataset',
  'download',
  'field',
  'incident',
  'metadata',
  'notification_channel',
  'notification_delivery',
  'quality_back_test',
  'quality_rule',
  'quality_run',
  'rule_template',
  'search',
  'session',
  'task',
  'team',
  'totp',
  'upload',
  'user',
  'version',
] as const

/** A local time of an <input type="datetime-local"> as an instant; null when it is none. */
export function instantOf(local: string): string | null {
  const moment = new Date(local)
  return local && !Number.isNaN(moment.getTime()) ? moment.toISOString() : null
}

export function conditionsOf(read: (name: string) => string): AuditEventFilter {
  const after = instantOf(read('after'))
  const before = instantOf(read('before'))
  return {
    ...(read('actor') && { actorId: read('actor') }),
    ...(read('action') && { action: read('action') }),
    ...(read('target') && { targetId: read('target') }),
    ...(read('request') && { requestId: read('request') }),
    ...(read('session') && { sessionId: read('session') }),
    ...(read('key') && { apiKeyId: read('key') }),
    ...(after && { occurredAfter: after }),
    ...(before && { occurredBefore: before }),
  }
}

/** The same conditions for the export's address. */
export function exportQuery(conditions: AuditEventFilter, format: 'csv' | 'jsonl'): string {
  const query = new URLSearchParams({ format })
  const named = {
    actor: conditions.actorId,
    action: conditions.action,
    target: conditions.targetId,
    requestId: conditions.requestId,
    session: conditions.sessionId,
    key: conditions.apiKeyId,
    after: conditions.occurredAfter,
    before: conditions.occurredBefore,
  }
  for (const [name, value] of Object.entries(named)) if (value) query.set(name, String(value))
  return query.toString()
}
