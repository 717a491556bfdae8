import Box from '@mui/material/Box'
import ButtonBase from '@mui/material/ButtonBase'
import Link from '@mui/material/Link'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link as RouterLink } from 'react-router'
import { DatasetStatusChip } from '../../components/DatasetStatusChip'
import { TagList } from '../../components/TagList'
import { TimeAgo } from '../../components/TimeAgo'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { DatasetOrder, DatasetOrderField } from '../../gql/graphql'
import { formatBytes, formatInteger } from '../../lib/format'
import { plainText } from '../../lib/markdown'
import { HealthMark } from './HealthMark'

export const DatasetTable_dataset = graphql(`
  fragment DatasetTable_dataset on Dataset {
    id
    name
    slug
    description
    status
    updatedAt
    publishedAt
    sizeBytes
    owner {
      id
      displayName
    }
    tags {
      name
    }
    health {
      status
      score
    }
    currentVersion {
      id
      rowCount
    }
  }
`)

/** What a narrow page has no room for. */
export const WIDE_ONLY = { display: { xs: 'none', md: 'table-cell' } }
/** On a phone it takes what the others leave, however long its words are. */
const NAME = { width: { xs: '100%', md: 'auto' }, maxWidth: { xs: 0, md: 420 }, minWidth: { xs: 110, md: 180 } }
export const COLUMN_COUNT = 8
/** On a phone four columns have to do with the room of one. */
const CLOSE = { '& th, & td': { px: { xs: 1, xl: 1.5 } }, '& thead th': { whiteSpace: 'nowrap' } }

export interface DatasetSorting {
  order: DatasetOrder
  onOrder: (order: DatasetOrder) => void
  /** The column whose name was pressed: the table is another one then, and the focus goes on in it. */
  pressed: DatasetOrderField | null
}

interface DatasetTableFrameProps {
  children: ReactNode
  busy: boolean
  /** True: the children are parts of a table, not rows. */
  bodies?: boolean
  /** Absent where the order is not the person's to choose. */
  sorting?: DatasetSorting
}

/** The head of the list, around whatever rows: data, or skeletons while it loads. */
export function DatasetTableFrame({ children, busy, bodies = false, sorting }: DatasetTableFrameProps) {
  const { t } = useTranslation()
  return (
    <TableContainer>
      <Table aria-busy={busy} sx={CLOSE}>
        <caption style={{ display: 'none' }}>{t('datasets.title')}</caption>
        <TableHead>
          <TableRow>
            <SortCell field="NAME" label={t('datasets.name')} sorting={sorting} />
            <TableCell>{t('datasets.status')}</TableCell>
            <TableCell>{t('datasets.health')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.owner')}</TableCell>
            <SortCell field="ROW_COUNT" label={t('datasets.rows')} sorting={sorting} wide right />
            <SortCell field="SIZE_BYTES" label={t('datasets.size')} sorting={sorting} wide right />
            <SortCell field="PUBLISHED_AT" label={t('datasets.dataFrom')} sorting={sorting} wide />
            <SortCell field="UPDATED_AT" label={t('datasets.updated')} sorting={sorting} />
          </TableRow>
        </TableHead>
        {bodies ? children : <TableBody>{children}</TableBody>}
      </Table>
    </TableContainer>
  )
}

interface SortCellProps {
  field: DatasetOrderField
  label: string
  sorting: DatasetSorting | undefined
  wide?: boolean
  right?: boolean
}

/** A column's name; a button where the list can be ordered by it: names begin with A, all else with the most. */
function SortCell({ field, label, sorting, wide = false, right = false }: SortCellProps) {
  const direction = sorting?.order.field === field ? sorting.order.direction : null
  const turned = direction === null ? (field === 'NAME' ? 'ASC' : 'DESC') : direction === 'ASC' ? 'DESC' : 'ASC'
  return (
    <TableCell
      align={right ? 'right' : 'left'}
      aria-sort={direction === null ? undefined : direction === 'ASC' ? 'ascending' : 'descending'}
      sx={wide ? WIDE_ONLY : null}
    >
      {sorting ? (
        <ButtonBase
          autoFocus={sorting.pressed === field}
          onClick={() => sorting.onOrder({ field, direction: turned })}
          sx={{
            font: 'inherit',
            borderRadius: 0.5,
            flexDirection: right ? 'row-reverse' : 'row',
            '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: 2 },
            '& > span': { width: '1.1em', textAlign: 'center', opacity: direction ? 1 : 0 },
            '&:hover > span': { opacity: direction ? 1 : 0.5 },
          }}
        >
          {label}
          <span aria-hidden>{(direction ?? turned) === 'ASC' ? '↑' : '↓'}</span>
        </ButtonBase>
      ) : (
        label
      )}
    </TableCell>
  )
}

interface DatasetTableRowProps {
  dataset: FragmentType<typeof DatasetTable_dataset>
  /** Shown in place of the description: where a search found its words. */
  excerpt?: ReactNode
}

export function DatasetTableRow(props: DatasetTableRowProps) {
  const { i18n } = useTranslation()
  const dataset = readFragment(DatasetTable_dataset, props.dataset)
  const rowCount = dataset.currentVersion?.rowCount ?? null
  const summary = props.excerpt ?? (dataset.description && plainText(dataset.description))
  return (
    <TableRow hover>
      <TableCell component="th" scope="row" sx={NAME}>
        <Link
          component={RouterLink}
          to={`/datasets/${dataset.slug}`}
          underline="hover"
          sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}
        >
          {dataset.name}
        </Link>
        {summary && (
          <Box
            sx={{
              color: 'text.secondary',
              fontSize: '0.875rem',
              display: { xs: props.excerpt ? '-webkit-box' : 'none', md: '-webkit-box' },
              WebkitLineClamp: 2,
              WebkitBoxOrient: 'vertical',
              overflow: 'hidden',
            }}
          >
            {summary}
          </Box>
        )}
        {dataset.tags.length > 0 && (
          <Box sx={{ display: { xs: 'none', md: 'block' }, mt: 0.75 }}>
            <TagList names={dataset.tags.map(({ name }) => name)} />
          </Box>
        )}
      </TableCell>
      <TableCell>
        <DatasetStatusChip status={dataset.status} />
      </TableCell>
      <TableCell>
        <HealthMark health={dataset.health} />
      </TableCell>
      <TableCell sx={{ ...WIDE_ONLY, maxWidth: 140, overflowWrap: 'break-word' }}>{dataset.owner.displayName}</TableCell>
      <TableCell sx={{ ...WIDE_ONLY, whiteSpace: 'nowrap' }} align="right">
        {rowCount === null ? '–' : formatInteger(rowCount, i18n.language)}
      </TableCell>
      <TableCell sx={{ ...WIDE_ONLY, whiteSpace: 'nowrap' }} align="right">
        {dataset.sizeBytes === null ? '–' : formatBytes(dataset.sizeBytes, i18n.language)}
      </TableCell>
      <TableCell sx={WIDE_ONLY}>{dataset.publishedAt === null ? '–' : <TimeAgo at={dataset.publishedAt} />}</TableCell>
      <TableCell>
        <TimeAgo at={dataset.updatedAt} />
      </TableCell>
    </TableRow>
  )
}
