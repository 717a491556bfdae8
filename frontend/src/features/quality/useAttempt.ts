import { useCallback, useState } from 'react'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import type { SentError } from '../../components/fieldProblems'

type Send = () => Promise<readonly SentError[] | undefined>

interface Attempt {
  /** Whether it was done; otherwise `problem` says why not. */
  attempt: (send: Send) => Promise<boolean>
  problem: string | null
  forget: () => void
}

/** For a change without a form: sends it, and keeps what was wrong with it to be shown. */
export function useAttempt(): Attempt {
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = useCallback(
    async (send: Send) => {
      setProblem(null)
      try {
        const [first] = (await send()) ?? []
        if (first) setProblem(problemText(first))
        return first === undefined
      } catch (error) {
        setProblem(errorText(error))
        return false
      }
    },
    [errorText, problemText],
  )
  return { attempt, problem, forget: () => setProblem(null) }
}
