/** A channel in the middle of being written: as typed, and as the API takes it. */
import type {
  ChannelRow_channelFragment,
  CreateNotificationChannelInput,
  NotificationChannelType,
  NotificationEvent,
  NotificationScope,
  UpdateNotificationChannelInput,
} from '../../../gql/graphql'

export const TYPES: readonly NotificationChannelType[] = ['EMAIL', 'WEBHOOK', 'SLACK']
export const EVENTS: readonly NotificationEvent[] = ['INCIDENT_OPENED', 'INCIDENT_RESOLVED']
export const SCOPES: readonly NotificationScope[] = ['MINE', 'SELECTED', 'ALL']

export interface ChosenDataset {
  id: string
  name: string
}

export interface ChannelDraft {
  name: string
  type: NotificationChannelType
  /** Empty of a channel that exists: it stays, for the whole of it is never read back. */
  target: string
  events: readonly NotificationEvent[]
  scope: NotificationScope
  datasets: readonly ChosenDataset[]
  /** Empty: the writer's own. */
  teamId: string
  /** Empty: the usual words. */
  subjectTemplate: string
  bodyTemplate: string
}

export const NEW_CHANNEL: ChannelDraft = {
  name: '',
  type: 'EMAIL',
  target: '',
  events: EVENTS,
  scope: 'MINE',
  datasets: [],
  teamId: '',
  subjectTemplate: '',
  bodyTemplate: '',
}

export function draftOfChannel(channel: ChannelRow_channelFragment): ChannelDraft {
  const { name, type, events, scope, datasets, team, subjectTemplate, bodyTemplate } = channel
  return {
    name,
    type,
    target: '',
    events,
    scope,
    datasets: datasets.map((one) => ({ id: one.id, name: one.name })),
    teamId: team?.id ?? '',
    subjectTemplate: subjectTemplate ?? '',
    bodyTemplate: bodyTemplate ?? '',
  }
}

const TEXTS = ['name', 'target', 'teamId', 'subjectTemplate', 'bodyTemplate'] as const

export function isChannelDraft(kept: unknown): kept is ChannelDraft {
  if (typeof kept !== 'object' || kept === null) return false
  const fields = kept as Record<string, unknown>
  return (
    TEXTS.every((one) => typeof fields[one] === 'string') &&
    TYPES.some((one) => one === fields['type']) &&
    SCOPES.some((one) => one === fields['scope']) &&
    Array.isArray(fields['events']) &&
    Array.isArray(fields['datasets'])
  )
}

function chosen({ scope, datasets }: ChannelDraft): string[] | null {
  return scope === 'SELECTED' ? datasets.map(({ id }) => id) : null
}

export function inputOfNew(draft: ChannelDraft): CreateNotificationChannelInput {
  const { name, type, target, events, scope, teamId, subjectTemplate, bodyTemplate } = draft
  return {
    name,
    type,
    target,
    events: [...events],
    scope,
    datasetIds: chosen(draft),
    teamId: teamId === '' ? null : teamId,
    subjectTemplate: subjectTemplate.trim() === '' ? null : subjectTemplate,
    bodyTemplate: bodyTemplate.trim() === '' ? null : bodyTemplate,
  }
}

/** Empty words bring the usual ones back. */
export function inputOfChanges(id: string, draft: ChannelDraft): UpdateNotificationChannelInput {
  const { name, target, events, scope, subjectTemplate, bodyTemplate } = draft
  return {
    id,
    name,
    ...(target.trim() !== '' && { target }),
    events: [...events],
    scope,
    ...(scope === 'SELECTED' && { datasetIds: chosen(draft) }),
    subjectTemplate,
    bodyTemplate,
  }
}
