import { lazy, Suspense } from 'react'
import { draftOf, inputOf } from '../../components/readOptions/draft'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { ReadAgain } from './useReadAgain'

const ReadOptionsDialog = lazy(() =>
  import('../../components/readOptions/ReadOptionsDialog').then((module) => ({ default: module.ReadOptionsDialog })),
)

const ReadAgainDialog_version = graphql(`
  fragment ReadAgainDialog_version on DatasetVersion {
    readOptions {
      format
      encoding
      delimiter
      quote
      escape
      headerRows
      skippedRows
      decimalSeparator
      thousandsSeparator
      nullTokens
      sheet
    }
  }
`)

interface ReadAgainDialogProps {
  version: FragmentType<typeof ReadAgainDialog_version>
  again: ReadAgain
  title: string
  submitLabel: string
  /** A version whose columns the file probably has. */
  columnsOf: string | null
  busy: boolean
}

/** Asks how a stored file is to be read this time, beginning with how it was read last. */
export function ReadAgainDialog({ version, again, title, submitLabel, columnsOf, busy }: ReadAgainDialogProps) {
  const { readOptions } = readFragment(ReadAgainDialog_version, version)
  if (!again.choosing) return null
  return (
    <Suspense>
      <ReadOptionsDialog
        title={title}
        submitLabel={submitLabel}
        initial={draftOf(readOptions)}
        columnsOf={columnsOf}
        problems={again.problems}
        busy={busy}
        // An empty object tells "find all out" from "as before", which an absent one means.
        onSubmit={(draft) => again.submit(inputOf(draft) ?? {})}
        onClose={again.close}
      />
    </Suspense>
  )
}
