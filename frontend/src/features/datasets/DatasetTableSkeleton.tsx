import Skeleton from '@mui/material/Skeleton'
import TableCell from '@mui/material/TableCell'
import TableRow from '@mui/material/TableRow'
import { DatasetTableFrame } from './DatasetTable'

const WIDE_ONLY = { display: { xs: 'none', md: 'table-cell' } }

/** The list's shape while its first page loads. */
export function DatasetTableSkeleton() {
  return (
    <DatasetTableFrame busy>
      {Array.from({ length: 6 }, (_, index) => (
        <TableRow key={index} data-testid="dataset-skeleton">
          <TableCell>
            <Skeleton width="50%" />
            <Skeleton width="80%" />
          </TableCell>
          <TableCell>
            <Skeleton variant="rounded" width={64} height={24} />
          </TableCell>
          <TableCell sx={WIDE_ONLY}>
            <Skeleton width={48} />
          </TableCell>
          <TableCell sx={WIDE_ONLY}>
            <Skeleton width={90} />
          </TableCell>
          <TableCell sx={WIDE_ONLY}>
            <Skeleton variant="rounded" width={70} height={24} />
          </TableCell>
          <TableCell sx={WIDE_ONLY}>
            <Skeleton width={56} />
          </TableCell>
          <TableCell sx={WIDE_ONLY}>
            <Skeleton width={80} />
          </TableCell>
        </TableRow>
      ))}
    </DatasetTableFrame>
  )
}
