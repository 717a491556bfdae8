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
import { plainText } from '../../lib/markdown'

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
  }
`)

const WIDE_ONLY = { display: { xs: 'none', md: 'table-cell' } }

/** The head of the list, around whatever rows: data, or skeletons while it loads. */
export function DatasetTableFrame({ children, busy }: { children: ReactNode; busy: boolean }) {
  const { t } = useTranslation()
  return (
    <TableContainer>
      <Table aria-busy={busy}>
        <caption style={{ display: 'none' }}>{t('datasets.title')}</caption>
        <TableHead>
          <TableRow>
            <TableCell>{t('datasets.name')}</TableCell>
            <TableCell>{t('datasets.status')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.owner')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.tags')}</TableCell>
            <TableCell sx={WIDE_ONLY}>{t('datasets.updated')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>{children}</TableBody>
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
  const dataset = readFragment(DatasetTable_dataset, props.dataset)
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
      <TableCell sx={WIDE_ONLY}>{dataset.owner.displayName}</TableCell>
      <TableCell sx={WIDE_ONLY}>
        <TagList names={dataset.tags.map(({ name }) => name)} />
      </TableCell>
      <TableCell sx={{ ...WIDE_ONLY, whiteSpace: 'nowrap' }}>
        <TimeAgo at={dataset.updatedAt} />
      </TableCell>
    </TableRow>
  )
}
