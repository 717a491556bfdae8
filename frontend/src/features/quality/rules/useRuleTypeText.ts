import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { knownRuleType } from './ruleTypeNames'

/** The title of a rule type in the reader's language; of a type that the page does not know, its name. */
export function useRuleTypeTitle(): (type: string, otherwise?: string) => string {
  const { t } = useTranslation()
  return useCallback(
    (type, otherwise) => {
      const known = knownRuleType(type)
      return known ? t(`ruleTypes.${known}.title`) : (otherwise ?? type)
    },
    [t],
  )
}
