import Box from '@mui/material/Box'
import TextField from '@mui/material/TextField'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '../fieldProblems'
import { useMessageAt } from '../useProblemText'
import { CharacterField } from './CharacterField'
import { ChoiceField } from './ChoiceField'
import { ColumnTypesField } from './ColumnTypesField'
import { FORMATS, isSkippable, optionsOf, type OptionName, type ReadOptionsDraft } from './draft'
import { NullTokensField } from './NullTokensField'

/** Suggestions: any name that the server knows may be typed. */
const ENCODINGS = ['utf-8', 'cp932', 'shift_jis', 'euc-jp', 'utf-16-le', 'utf-16-be', 'cp1252', 'latin-1']

interface ReadOptionsFieldsProps {
  draft: ReadOptionsDraft
  onChange: (change: Partial<ReadOptionsDraft>) => void
  /** A version whose columns the file probably has; null: no types are offered. */
  columnsOf: string | null
  problems: readonly FieldProblem[]
}

/** Every option of reading that means something for the chosen format. */
export function ReadOptionsFields({ draft, onChange, columnsOf, problems }: ReadOptionsFieldsProps) {
  const { t } = useTranslation()
  const encodingsId = useId()
  const shown = optionsOf(draft.format)
  const has = (name: OptionName) => shown.includes(name)
  const messageAt = useMessageAt(problems)
  const at = (name: OptionName) => messageAt(name)
  const skippedProblem = at('skippedRows') ?? (isSkippable(draft.skippedRows) ? undefined : t('readForm.noNumber'))
  const findOut = { value: '', label: t('readForm.findOut') }
  const comma = { value: ',', label: t('readForm.comma') }
  const point = { value: '.', label: t('readForm.point') }
  const apostrophe = { value: "'", label: t('readForm.apostrophe') }

  return (
    <>
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
        <ChoiceField
          label={t('readOptions.format')}
          value={draft.format ?? ''}
          choices={[findOut, ...FORMATS.map((format) => ({ value: format, label: t(`fileFormat.${format}`) }))]}
          message={at('format')}
          onChange={(value) => onChange({ format: FORMATS.find((format) => format === value) ?? null })}
        />
        {has('sheet') && (
          <TextField
            size="small"
            label={t('readOptions.sheet')}
            placeholder={t('readForm.firstSheet')}
            value={draft.sheet}
            error={at('sheet') !== undefined}
            helperText={at('sheet')}
            onChange={(event) => onChange({ sheet: event.target.value })}
            slotProps={{ inputLabel: { shrink: true } }}
          />
        )}
        {has('encoding') && (
          <div>
            <TextField
              size="small"
              fullWidth
              label={t('readOptions.encoding')}
              placeholder={t('readForm.findOut')}
              value={draft.encoding}
              error={at('encoding') !== undefined}
              helperText={at('encoding')}
              onChange={(event) => onChange({ encoding: event.target.value })}
              slotProps={{ inputLabel: { shrink: true }, htmlInput: { list: encodingsId, spellCheck: false } }}
            />
            <datalist id={encodingsId}>
              {ENCODINGS.map((encoding) => (
                <option key={encoding} value={encoding}>
                  {encoding}
                </option>
              ))}
            </datalist>
          </div>
        )}
        {has('delimiter') && (
          <CharacterField
            label={t('readOptions.delimiter')}
            value={draft.delimiter}
            choices={[
              comma,
              { value: ';', label: t('readForm.semicolon') },
              { value: '\t', label: t('readForm.tab') },
              { value: '|', label: t('readForm.bar') },
              { value: ' ', label: t('readForm.space') },
            ]}
            message={at('delimiter')}
            onChange={(delimiter) => onChange({ delimiter })}
          />
        )}
        {has('quote') && (
          <CharacterField
            label={t('readOptions.quote')}
            value={draft.quote}
            choices={[
              { value: '"', label: t('readForm.doubleQuote') },
              apostrophe,
              { value: '', label: t('readForm.noQuote') },
            ]}
            message={at('quote')}
            onChange={(quote) => onChange({ quote })}
          />
        )}
        {has('escape') && (
          <CharacterField
            label={t('readOptions.escape')}
            value={draft.escape}
            choices={[
              { value: '', label: t('readForm.doubled') },
              { value: '\\', label: t('readForm.backslash') },
            ]}
            message={at('escape')}
            onChange={(escape) => onChange({ escape })}
          />
        )}
        {has('headerRows') && (
          <ChoiceField
            label={t('readForm.header')}
            value={draft.headerRows?.toString() ?? ''}
            choices={[findOut, { value: '1', label: t('yes') }, { value: '0', label: t('no') }]}
            message={at('headerRows')}
            onChange={(value) => onChange({ headerRows: value === '' ? null : Number(value) })}
          />
        )}
        {has('skippedRows') && (
          <TextField
            size="small"
            label={t('readForm.skip')}
            placeholder={t('readForm.findOut')}
            value={draft.skippedRows}
            error={skippedProblem !== undefined}
            helperText={skippedProblem}
            onChange={(event) => onChange({ skippedRows: event.target.value })}
            slotProps={{ inputLabel: { shrink: true }, htmlInput: { inputMode: 'numeric' } }}
          />
        )}
        {has('decimalSeparator') && (
          <ChoiceField
            label={t('readOptions.decimalSeparator')}
            value={draft.decimalSeparator ?? ''}
            choices={[findOut, point, comma]}
            message={at('decimalSeparator')}
            onChange={(value) => onChange({ decimalSeparator: value || null })}
          />
        )}
        {has('thousandsSeparator') && (
          <ChoiceField
            label={t('readOptions.thousandsSeparator')}
            value={draft.thousandsSeparator === null ? '' : `=${draft.thousandsSeparator}`}
            choices={[
              findOut,
              { value: '=', label: t('readForm.noThousands') },
              ...[comma, point, { value: ' ', label: t('readForm.space') }, apostrophe].map(({ value, label }) => ({
                value: `=${value}`,
                label,
              })),
            ]}
            message={at('thousandsSeparator')}
            onChange={(value) => onChange({ thousandsSeparator: value === '' ? null : value.slice(1) })}
          />
        )}
      </Box>
      {has('nullTokens') && <NullTokensField draft={draft} message={at('nullTokens')} onChange={onChange} />}
      {has('types') && columnsOf && (
        <ColumnTypesField
          versionId={columnsOf}
          types={draft.types}
          message={at('types')}
          onChange={(types) => onChange({ types })}
        />
      )}
    </>
  )
}
