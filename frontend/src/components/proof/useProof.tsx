import { useCallback, useState, type ReactNode } from 'react'
import { useErrorText } from '../useErrorText'
import { useProblemText } from '../useProblemText'
import type { SentError } from '../fieldProblems'
import { ProofDialog } from './ProofDialog'

type Send = () => Promise<readonly SentError[] | undefined>

interface Proof {
  /** Sends a change, and once more after the person has proved who they are when that was asked for. */
  attempt: (send: Send) => Promise<void>
  /** What was wrong with the last attempt. */
  problem: string | null
  forget: () => void
  /** The dialog that asks for the proof; to be shown somewhere. */
  dialog: ReactNode
}

/** For changes that the server lets through only shortly after a proof of who asks. */
export function useProof(): Proof {
  const errorText = useErrorText()
  const problemText = useProblemText()
  const [problem, setProblem] = useState<string | null>(null)
  /** What waits for the proof. */
  const [waiting, setWaiting] = useState<{ send: Send } | null>(null)

  const attempt = useCallback(
    async (send: Send) => {
      setProblem(null)
      try {
        const [first] = (await send()) ?? []
        if (first?.code === 'STEP_UP_REQUIRED') setWaiting({ send })
        else if (first) setProblem(problemText(first))
      } catch (error) {
        setProblem(errorText(error))
      }
    },
    [errorText, problemText],
  )

  async function proved() {
    setWaiting(null)
    if (waiting) await attempt(waiting.send)
  }

  const dialog = waiting && (
    <ProofDialog onProved={proved} onClose={() => setWaiting(null)} />
  )
  return { attempt, problem, forget: () => setProblem(null), dialog }
}
