import { useState } from 'react'
import { fieldProblems, requestProblem, type FieldProblem, type SentError } from '../../components/fieldProblems'
import { useErrorText } from '../../components/useErrorText'
import type { ReadOptionsInput } from '../../gql/graphql'

interface Payload {
  version: object | null
  errors: readonly SentError[]
}

export interface ReadAgain {
  /** Whether the form is shown. */
  choosing: boolean
  problems: readonly FieldProblem[]
  choose: () => void
  close: () => void
  /** Null: read as before. */
  submit: (options: ReadOptionsInput | null) => Promise<void>
}

/** A stored file that is to be read once more: what was chosen for it, and what was wrong with that. */
export function useReadAgain(send: (options: ReadOptionsInput | null) => Promise<Payload | undefined>): ReadAgain {
  const errorText = useErrorText()
  const [choosing, setChoosing] = useState(false)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])

  async function submit(options: ReadOptionsInput | null) {
    setProblems([])
    try {
      const payload = await send(options)
      if (payload?.version) setChoosing(false)
      else setProblems(fieldProblems(payload?.errors ?? []))
    } catch (failure) {
      setProblems([requestProblem(errorText(failure))])
    }
  }

  function choose() {
    setProblems([])
    setChoosing(true)
  }

  return { choosing, problems, choose, close: () => setChoosing(false), submit }
}
