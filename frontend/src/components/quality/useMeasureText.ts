import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ComparisonOperator } from '../../gql/graphql'
import { formatStatistic } from '../../lib/format'
import { formatDuration, isFraction } from '../../lib/measure'

export interface Expectation {
  operator: ComparisonOperator | null
  threshold: number | null
  upperThreshold: number | null
}

const SYMBOLS: Partial<Record<ComparisonOperator, string>> = {
  EQUAL: '=',
  NOT_EQUAL: '≠',
  LESS_THAN: '<',
  LESS_OR_EQUAL: '≤',
  GREATER_THAN: '>',
  GREATER_OR_EQUAL: '≥',
}

interface MeasureText {
  /** A measured value in the unit of its metric. */
  value: (value: number | null, metricName: string) => string
  /** What the value has to be, as ≤ 0. */
  expectation: (expected: Expectation, metricName: string) => string
}

/** Measured values and thresholds as people read them: parts as percent, ages as durations. */
export function useMeasureText(): MeasureText {
  const { t, i18n } = useTranslation()
  return useMemo(() => {
    const language = i18n.language
    const value: MeasureText['value'] = (found, metricName) => {
      if (found === null) return '–'
      if (metricName === 'age_seconds') return formatDuration(found, language)
      if (isFraction(metricName)) {
        return new Intl.NumberFormat(language, { style: 'percent', maximumSignificantDigits: 4 }).format(found)
      }
      return formatStatistic(found, language)
    }
    const expectation: MeasureText['expectation'] = ({ operator, threshold, upperThreshold }, metricName) => {
      if (operator === null || threshold === null) return '–'
      const lower = value(threshold, metricName)
      const upper = value(upperThreshold, metricName)
      if (operator === 'BETWEEN') return `${lower} – ${upper}`
      if (operator === 'NOT_BETWEEN') return t('measure.outside', { lower, upper })
      return `${SYMBOLS[operator]} ${lower}`
    }
    return { value, expectation }
  }, [t, i18n.language])
}
