import ArrowDownwardIcon from '@mui/icons-material/ArrowDownward'
import ArrowUpwardIcon from '@mui/icons-material/ArrowUpward'
import FilterListIcon from '@mui/icons-material/FilterList'
import SwapVertIcon from '@mui/icons-material/SwapVert'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Stack from '@mui/material/Stack'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Reasoned } from '../../components/Reasoned'
import { ConditionDialog } from './ConditionDialog'
import type { RowsField } from './RowsGrid'
import { isSortable, MOST_SORTS, operatorsOf, type RowCondition } from './rowView'
import { SortDialog } from './SortDialog'
import type { RowView } from './useRowView'

interface RowViewBarProps {
  fields: readonly RowsField[]
  view: RowView
}

/** What the rows are narrowed to and sorted by, each as a chip, and the ways to add to it. */
export function RowViewBar({ fields, view: { sorts, conditions, change, isWhole } }: RowViewBarProps) {
  const { t } = useTranslation()
  /** The place of the condition that is edited; that behind the last for a new one. */
  const [editing, setEditing] = useState<number | null>(null)
  const [sorting, setSorting] = useState(false)
  const without = <One,>(all: readonly One[], place: number) => all.filter((_one, index) => index !== place)

  function describe({ fieldPath, operator, values }: RowCondition): string {
    const value = values.map((one) => (one === '' ? t('profile.emptyText') : one)).join(', ')
    return t(`rowView.chip.${operator}`, { fieldPath, value })
  }

  const mayFilter = fields.some((field) => !field.masked && operatorsOf(field.logicalType).length > 0)
  const maySort = fields.some((field) => !field.masked && isSortable(field.logicalType))
  return (
    <Stack direction="row" useFlexGap role="group" aria-label={t('rowView.label')} sx={{ flexWrap: 'wrap', gap: 1, alignItems: 'center' }}>
      <Reasoned reason={mayFilter ? null : t('rowView.noColumn')}>
        {(disabled) => (
          <Button
            size="small"
            startIcon={<FilterListIcon />}
            aria-haspopup="dialog"
            disabled={disabled}
            onClick={() => setEditing(conditions.length)}
          >
            {t('rowView.addFilter')}
          </Button>
        )}
      </Reasoned>
      <Reasoned reason={sorts.length >= MOST_SORTS ? t('rowView.mostSorts', { count: MOST_SORTS }) : maySort ? null : t('rowView.noColumn')}>
        {(disabled) => (
          <Button size="small" startIcon={<SwapVertIcon />} aria-haspopup="dialog" disabled={disabled} onClick={() => setSorting(true)}>
            {t('rowView.addSort')}
          </Button>
        )}
      </Reasoned>
      {conditions.map((condition, index) => (
        <Chip
          key={JSON.stringify(condition)}
          size="small"
          label={<bdi>{describe(condition)}</bdi>}
          title={describe(condition)}
          aria-haspopup="dialog"
          onClick={() => setEditing(index)}
          onDelete={() => change({ conditions: without(conditions, index) })}
          sx={{ maxWidth: 360 }}
        />
      ))}
      {sorts.map((sort, index) => (
        <Chip
          key={sort.fieldPath}
          size="small"
          variant="outlined"
          icon={sort.descending ? <ArrowDownwardIcon /> : <ArrowUpwardIcon />}
          label={<bdi>{sort.fieldPath}</bdi>}
          aria-label={sort.descending ? t('rowView.sortedDown', { fieldPath: sort.fieldPath }) : t('rowView.sortedUp', { fieldPath: sort.fieldPath })}
          onClick={() => change({ sorts: sorts.map((one, at) => (at === index ? { ...one, descending: !one.descending } : one)) })}
          onDelete={() => change({ sorts: without(sorts, index) })}
          sx={{ maxWidth: 360 }}
        />
      ))}
      {!isWhole && (
        <Button size="small" color="inherit" onClick={() => change({ sorts: [], conditions: [] })}>
          {t('rowView.clear')}
        </Button>
      )}
      {editing !== null && (
        <ConditionDialog
          fields={fields}
          initial={conditions[editing] ?? null}
          onClose={() => setEditing(null)}
          onApply={(condition) => {
            change({ conditions: [...conditions.slice(0, editing), condition, ...conditions.slice(editing + 1)] })
            setEditing(null)
          }}
        />
      )}
      {sorting && (
        <SortDialog
          fields={fields.filter(({ fieldPath }) => !sorts.some((one) => one.fieldPath === fieldPath))}
          onClose={() => setSorting(false)}
          onApply={(sort) => {
            change({ sorts: [...sorts, sort] })
            setSorting(false)
          }}
        />
      )}
    </Stack>
  )
}
