import { useMutation } from '@apollo/client/react'
import { useAttempt } from '../useAttempt'
import type { IncidentStage } from '../../../gql/graphql'
import { UpdateIncident } from './incidentOperations'

export interface MovableIncident {
  id: string
  mutedUntil: string | null
  assignee: { id: string; displayName: string } | null
}

/** Puts an incident into another stage, on the page before the server has answered. */
export function useMoveIncident() {
  const [update] = useMutation(UpdateIncident)
  const { attempt, problem, forget } = useAttempt()
  function move({ id, mutedUntil, assignee }: MovableIncident, stage: IncidentStage): Promise<boolean> {
    // With the names of types, which the cache files it by and the documents' types leave out.
    const incident = {
      __typename: 'Incident',
      id,
      stage,
      mutedUntil,
      updatedAt: new Date().toISOString(),
      assignee: assignee && { __typename: 'User', ...assignee },
    }
    const updateIncident = { __typename: 'IncidentPayload', errors: [], incident }
    return attempt(async () => {
      const { data } = await update({ variables: { input: { id, stage } }, optimisticResponse: { updateIncident } })
      return data?.updateIncident.errors
    })
  }
  return { move, problem, forget }
}
