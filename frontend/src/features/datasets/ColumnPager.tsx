import Pagination from '@mui/material/Pagination'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { formatInteger } from '../../lib/format'

interface ColumnPagerProps {
  page: number
  pageColumns: number
  columnCount: number
  onPage: (page: number) => void
}

/** Moves through the columns of a very wide table; nothing when one page holds them all. */
export function ColumnPager({ page, pageColumns, columnCount, onPage }: ColumnPagerProps) {
  const { t, i18n } = useTranslation()
  if (columnCount <= pageColumns) return null
  const first = (page - 1) * pageColumns
  const integer = (value: number) => formatInteger(value, i18n.language)
  return (
    <Stack direction="row" sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1, columnGap: 2 }}>
      <Typography variant="body2" color="textSecondary" role="status">
        {t('data.columnRange', {
          first: integer(first + 1),
          last: integer(Math.min(first + pageColumns, columnCount)),
          total: integer(columnCount),
        })}
      </Typography>
      <Pagination
        size="small"
        aria-label={t('data.columnPages')}
        count={Math.ceil(columnCount / pageColumns)}
        page={page}
        onChange={(_event, next) => onPage(next)}
      />
    </Stack>
  )
}
