import Skeleton from '@mui/material/Skeleton'
import TableCell from '@mui/material/TableCell'
import TableRow from '@mui/material/TableRow'
import { DatasetTableFrame, WIDE_ONLY, type DatasetSorting } from './DatasetTable'

/** The list's shape while its first page loads. */
export function DatasetTableSkeleton({ sorting }: { sorting?: DatasetSorting }) {
  return (
    <DatasetTableFrame busy {...(sorting && { sorting })}>
      {Array.from({ length: 6 }, (_, index) => (
        <TableRow key={index} data-testid="dataset-skeleton">
          <TableCell>
            <Skeleton width="50%" />
            <Skeleton width="80%" />
          </TableCell>
          <TableCell>
            <Skeleton variant="rounded" width={64} height={24} />
          </TableCell>
          {[48, 90, 56, 64, 80, 80].map((width, column) => (
            <TableCell key={column} sx={column > 0 && column < 5 ? WIDE_ONLY : null}>
              <Skeleton sx={{ width, maxWidth: 1 }} />
            </TableCell>
          ))}
        </TableRow>
      ))}
    </DatasetTableFrame>
  )
}
