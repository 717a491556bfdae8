/** What people change about a dataset, and what a form kept of it is worth. */
import type { UpdateDatasetInput, Visibility } from '../../gql/graphql'
import { changedFields } from '../../lib/merge'

export const VISIBILITIES: readonly Visibility[] = ['ORGANIZATION', 'RESTRICTED']

export interface DatasetEdits {
  name: string
  description: string
  tags: readonly string[]
  visibility: Visibility
  autoPublish: boolean
}

/** A form in the middle of being filled in: what it began with, and what it holds. */
export interface EditsDraft {
  revision: number
  base: DatasetEdits
  edits: DatasetEdits
}

export function editsOf(dataset: {
  name: string
  description: string | null
  tags: readonly { name: string }[]
  visibility: Visibility
  autoPublish: boolean
}): DatasetEdits {
  return {
    name: dataset.name,
    description: dataset.description ?? '',
    tags: dataset.tags.map(({ name }) => name),
    visibility: dataset.visibility,
    autoPublish: dataset.autoPublish,
  }
}

/** Only what was changed: the rest stays as it is, whoever changes it meanwhile. */
export function changesOf({ base, edits }: EditsDraft): Omit<UpdateDatasetInput, 'id' | 'revision'> {
  return Object.fromEntries(changedFields(base, edits).map((field) => [field, edits[field]]))
}

export function isEdits(kept: unknown): kept is DatasetEdits {
  if (typeof kept !== 'object' || kept === null) return false
  const { name, description, tags, visibility, autoPublish } = kept as Record<string, unknown>
  return (
    typeof name === 'string' &&
    typeof description === 'string' &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string') &&
    VISIBILITIES.some((one) => one === visibility) &&
    typeof autoPublish === 'boolean'
  )
}

export function isEditsDraft(kept: unknown): kept is EditsDraft {
  if (typeof kept !== 'object' || kept === null) return false
  const { revision, base, edits } = kept as Record<string, unknown>
  return typeof revision === 'number' && isEdits(base) && isEdits(edits)
}
