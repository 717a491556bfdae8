import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from './fieldProblems'
import { phraseText } from '../lib/phrases'

/** The server may know more than this page has words for. */
const CODES = [
  'NOT_FOUND',
  'CONFLICT',
  'INVALID_INPUT',
  'FORBIDDEN',
  'LIMIT_EXCEEDED',
  'UNAVAILABLE',
  'STEP_UP_REQUIRED',
  'INVALID_CREDENTIALS',
] as const

/**
 * Says what was refused in the reader's language. A sentence that this page does not know in it is quoted in English, behind
 * the kind of refusal.
 */
export function useProblemText(): (problem: Omit<FieldProblem, 'field'>) => string {
  const { t } = useTranslation()
  return useCallback(
    ({ code, message, messagePhrase }) => {
      const sentence = phraseText(message, messagePhrase)
      if (sentence !== message) return sentence
      const known = CODES.find((one) => one === code)
      return known ? t(`problem.${known}`, { message }) : message
    },
    [t],
  )
}

/** What is wrong with the input of a name; undefined when nothing is. */
export function useMessageAt(problems: readonly FieldProblem[]): (field: string) => string | undefined {
  const problemText = useProblemText()
  return useCallback(
    (field) => {
      const problem = problems.find((one) => one.field === field)
      return problem && problemText(problem)
    },
    [problems, problemText],
  )
}
