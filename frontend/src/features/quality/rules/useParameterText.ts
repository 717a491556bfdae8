import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Parameter } from './parameterShape'

/** Parameters that this page has words for, by their name; the same name means the same in every rule type. */
const NAMES = [
  'function',
  'quantile',
  'metric',
  'minPoints',
  'maxPoints',
  'sensitivity',
  'tolerance',
  'unit',
  'type',
  'comparison',
  'min',
  'max',
  'against',
  'format',
  'timezone',
  'values',
  'tokens',
  'pattern',
  'wholeValue',
  'method',
  'factor',
  'exclusiveMin',
  'exclusiveMax',
  'dataset',
  'fieldPath',
  'fields',
  'mode',
  'ordered',
  'direction',
  'step',
  'sql',
] as const

const OPTIONS = [
  'COUNT',
  'FRACTION',
  'MIN',
  'MAX',
  'MEAN',
  'MEDIAN',
  'SUM',
  'STDDEV',
  'QUANTILE',
  'ROW_COUNT',
  'NULL_FRACTION',
  'DISTINCT_COUNT',
  'EQUAL',
  'NOT_EQUAL',
  'LESS_THAN',
  'LESS_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_OR_EQUAL',
  'EXACT',
  'SUPERSET',
  'SUBSET',
  'INCREASING',
  'NOT_DECREASING',
  'DECREASING',
  'NOT_INCREASING',
  'IQR',
  'ZSCORE',
] as const

interface ParameterText {
  title: (parameter: Parameter) => string
  help: (parameter: Parameter) => string
  /** One of the values that a parameter may have. */
  option: (name: string, value: string) => string
}

/** What parameters are called in the reader's language; what the page does not know is called as the server does. */
export function useParameterText(): ParameterText {
  const { t, i18n } = useTranslation()
  return useMemo(() => {
    // The server says it best, but in English only.
    const english = i18n.language === 'en'
    const known = (name: string) => NAMES.find((one) => one === name)
    return {
      title: ({ name, title }) => {
        const one = known(name)
        return one && !english ? t(`ruleParameters.${one}.title`) : title
      },
      help: ({ name, description }) => {
        const one = known(name)
        return one && !english ? t(`ruleParameters.${one}.help`) : description
      },
      option: (_name, value) => {
        const one = OPTIONS.find((each) => each === value)
        return one ? t(`ruleOptions.${one}`) : value
      },
    }
  }, [t, i18n.language])
}
