import Box from '@mui/material/Box'
import NativeSelect from '@mui/material/NativeSelect'
import { useTranslation } from 'react-i18next'
import type { LogicalType } from '../../gql/graphql'

/** Types that may be insisted on. */
const TYPES = ['STRING', 'INTEGER', 'NUMBER', 'BOOLEAN', 'DATE', 'TIME', 'TIMESTAMP'] as const satisfies readonly LogicalType[]
/** More would only cost time: it is a look, not the data. */
const MOST_COLUMNS = 60
const MOST_ROWS = 12
const MOST_CHARACTERS = 80

interface PreviewTableProps {
  columns: readonly { name: string; type: LogicalType }[]
  rows: readonly unknown[]
  /** What was insisted on. */
  types: Readonly<Record<string, LogicalType>>
  /** Null: let it be found out. */
  onType: (name: string, type: LogicalType | null) => void
}

/** The first rows of a file; each column's type can be chosen above it. */
export function PreviewTable({ columns, rows, types, onType }: PreviewTableProps) {
  const { t } = useTranslation()
  const shown = columns.slice(0, MOST_COLUMNS)
  return (
    // A region that scrolls has to be reached with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <Box role="region" aria-label={t('preview.rows')} tabIndex={0} sx={{ overflow: 'auto', maxHeight: 300, border: 1, borderColor: 'divider', borderRadius: 1 }}>
      <Box
        component="table"
        sx={{
          borderCollapse: 'collapse',
          fontSize: '0.8125rem',
          '& th, & td': { px: 1.25, py: 0.5, borderBottom: 1, borderColor: 'divider', textAlign: 'left', whiteSpace: 'nowrap', maxWidth: 220, overflow: 'hidden', textOverflow: 'ellipsis' },
          '& thead th': { position: 'sticky', top: 0, bgcolor: 'background.paper', verticalAlign: 'bottom' },
        }}
      >
        <thead>
          <tr>
            {shown.map(({ name, type }) => (
              <th key={name} scope="col">
                <bdi title={name}>{name}</bdi>
                <div>
                  <NativeSelect
                    value={types[name] ?? ''}
                    onChange={(event) => onType(name, TYPES.find((one) => one === event.target.value) ?? null)}
                    inputProps={{ 'aria-label': t('preview.typeOf', { name }) }}
                    sx={{ fontSize: '0.75rem', color: types[name] ? 'primary.main' : 'text.secondary' }}
                  >
                    <option value="">{types[name] ? t('preview.findType') : t(`logicalType.${type}`)}</option>
                    {TYPES.filter((one) => one !== type || types[name]).map((one) => (
                      <option key={one} value={one}>
                        {t(`logicalType.${one}`)}
                      </option>
                    ))}
                  </NativeSelect>
                </div>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, index) => (
            // The rows have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={index}>
              {shown.map(({ name }, column) => (
                <td key={name}>
                  <Value value={Array.isArray(row) ? row[column] : null} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Box>
    </Box>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <Box component="span" sx={{ color: 'text.secondary', fontStyle: 'italic' }}>null</Box>
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return <bdi>{text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text}</bdi>
}
