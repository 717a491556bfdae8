import { useApolloClient, useMutation } from '@apollo/client/react'
import { graphql } from '../../gql'
import type { SettingsTabQuery } from '../../gql/graphql'
import { inputProblems, type FieldProblem } from '../../components/fieldProblems'
import { mergeForms, type Merge } from '../../lib/merge'
import { changesOf, editsOf, type DatasetEdits, type EditsDraft } from './datasetEdits'

export const SettingsTabDataset = graphql(`
  query SettingsTab($id: ID!) {
    dataset(id: $id) {
      id
      slug
      revision
      name
      description
      status
      visibility
      autoPublish
      tags {
        name
      }
    }
  }
`)

const UpdateDataset = graphql(`
  mutation UpdateDataset($input: UpdateDatasetInput!) {
    updateDataset(input: $input) {
      dataset {
        id
        revision
        name
        description
        status
        visibility
        autoPublish
        updatedAt
        tags {
          name
        }
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

type Editable = NonNullable<SettingsTabQuery['dataset']>

export interface Conflict extends Merge<DatasetEdits> {
  /** As it is now. */
  theirs: DatasetEdits
  revision: number
}

export type Outcome =
  | { kind: 'saved'; dataset: Pick<Editable, 'revision'> & Parameters<typeof editsOf>[0] }
  | { kind: 'conflict'; conflict: Conflict }
  | { kind: 'refused'; problems: FieldProblem[] }

/** Saves a form; when somebody was faster, tells what both have changed since the form began. */
export function useUpdateDataset(id: string): [(draft: EditsDraft) => Promise<Outcome>, boolean] {
  const client = useApolloClient()
  const [update, { loading }] = useMutation(UpdateDataset)

  async function save(draft: EditsDraft): Promise<Outcome> {
    const { data } = await update({
      variables: { input: { id, revision: draft.revision, ...changesOf(draft) } },
    })
    const payload = data?.updateDataset
    if (payload?.dataset) return { kind: 'saved', dataset: payload.dataset }
    const errors = payload?.errors ?? []
    // A taken name is a CONFLICT too, of the name.
    if (!errors.some(({ code, path }) => code === 'CONFLICT' && path?.at(-1) === 'revision')) {
      return { kind: 'refused', problems: inputProblems(errors) }
    }
    const { data: now } = await client.query({
      query: SettingsTabDataset,
      variables: { id },
      fetchPolicy: 'network-only',
    })
    // It went away in the meantime: the refusal says all there is to say.
    if (!now?.dataset) return { kind: 'refused', problems: inputProblems(errors) }
    const theirs = editsOf(now.dataset)
    return {
      kind: 'conflict',
      conflict: { ...mergeForms(draft.base, draft.edits, theirs), theirs, revision: now.dataset.revision },
    }
  }

  return [save, loading]
}
