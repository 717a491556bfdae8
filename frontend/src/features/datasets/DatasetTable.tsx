import Box from '@mui/material/Box'
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
import { formatInteger } from '../../lib/format'
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

const WIDE_ONLY = { display: { xs: 'none', md: 'table-cell' } }

interface DatasetTableFrameProps {
  children: ReactNode
  busy: boolean
  /** True: the children are parts of a table, not rows. */
  bodies?: boolean
}

/** The head of the list, around whatever rows: data, or skeletons while it loads. */
export function DatasetTableFrame({ children, busy, bodies = false }: DatasetTableFrameProps) {
  const { t } = useTranslation()
  return (
    <TableContainer>
      <Table aria-busy={busy}>
        <caption style={{ display: 'none' }}>{t('datasets.title')}</caption>
        <TableHead>
          <TableRow>
            <TableCell>{t('datasets.name')}</TableCell>
            <TableCell>{t('datasets.status')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.health')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.owner')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.tags')}</TableCell>
            <TableCell sx={WIDE_ONLY} align="right">
              {t('datasets.rows')}
            </TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.updated')}</TableCell>
          </TableRow>
        </TableHead>
        {bodies ? children : <TableBody>{children}</TableBody>}
      </Table>
    </TableContainer>
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
      <TableCell component="th" scope="row" sx={{ maxWidth: 420 }}>
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
              display: '-webkit-box',
              WebkitLineClamp: 2,
              WebkitBoxOrient: 'vertical',
              overflow: 'hidden',
            }}
          >
            {summary}
          </Box>
        )}
      </TableCell>
      <TableCell>
        <DatasetStatusChip status={dataset.status} />
      </TableCell>
      <TableCell sx={WIDE_ONLY}>
        <HealthMark health={dataset.health} />
      </TableCell>
      <TableCell sx={WIDE_ONLY}>{dataset.owner.displayName}</TableCell>
      <TableCell sx={WIDE_ONLY}>
        <TagList names={dataset.tags.map(({ name }) => name)} />
      </TableCell>
      <TableCell sx={{ ...WIDE_ONLY, whiteSpace: 'nowrap' }} align="right">
        {rowCount === null ? '–' : formatInteger(rowCount, i18n.language)}
      </TableCell>
      <TableCell sx={{ ...WIDE_ONLY, whiteSpace: 'nowrap' }}>
        <TimeAgo at={dataset.updatedAt} />
      </TableCell>
    </TableRow>
  )
}
