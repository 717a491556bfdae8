import { useTranslation } from 'react-i18next'
import { formatInteger } from '../../lib/format'
import { cellText } from './rowText'
import type { Cell } from './useRowBlocks'

/** Longer text is cut here: more than a cell is wide only costs time. */
const LONGEST_CELL = 200

/** One value of one row: null is not the empty text, and what is cut says so. */
export function DataCell({ cell: { value, fullLength } }: { cell: Cell }) {
  const { t, i18n } = useTranslation()
  if (value === null || value === undefined) return <i className="null">null</i>
  const text = cellText(value)
  const missing = fullLength === null ? 0 : fullLength - text.length
  return (
    <bdi>
      {text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text}
      {missing > 0 && (
        <i className="null"> {t('data.cut', { count: missing, amount: formatInteger(missing, i18n.language) })}</i>
      )}
    </bdi>
  )
}
