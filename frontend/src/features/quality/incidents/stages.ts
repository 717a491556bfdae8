import type { IncidentPriority, IncidentStage } from '../../../gql/graphql'

/** In the order in which people come through them. */
export const STAGES: readonly IncidentStage[] = ['TRIAGE', 'INVESTIGATION', 'WORK_IN_PROGRESS', 'FIXED', 'NO_ACTION_REQUIRED']

export const PRIORITY_COLOR: Record<IncidentPriority, 'error' | 'warning' | 'info' | 'default'> = {
  CRITICAL: 'error',
  HIGH: 'error',
  MEDIUM: 'warning',
  LOW: 'info',
}

/** The stage beside another; null at the ends. */
export function stageBeside(stage: IncidentStage, step: -1 | 1): IncidentStage | null {
  return STAGES[STAGES.indexOf(stage) + step] ?? null
}
