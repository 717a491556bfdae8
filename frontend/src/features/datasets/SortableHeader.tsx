import ArrowDownwardIcon from '@mui/icons-material/ArrowDownward'
import ArrowUpwardIcon from '@mui/icons-material/ArrowUpward'
import ButtonBase from '@mui/material/ButtonBase'

interface SortableHeaderProps {
  label: string
  title: string
  sort: 'ascending' | 'descending' | undefined
  onSort: () => void
}

/** A column's name that sorts when it is clicked. The grid has the focus and its keys; sorting by keys has a dialog. */
export function SortableHeader({ label, title, sort, onSort }: SortableHeaderProps) {
  const Arrow = sort === 'descending' ? ArrowDownwardIcon : ArrowUpwardIcon
  return (
    <ButtonBase
      tabIndex={-1}
      title={title}
      onClick={onSort}
      sx={{
        font: 'inherit',
        color: sort ? 'text.primary' : 'inherit',
        maxWidth: '100%',
        height: '100%',
        justifyContent: 'flex-start',
        gap: 0.5,
        '& > svg': { fontSize: 16, flexShrink: 0, opacity: sort ? 1 : 0 },
        '&:hover > svg': { opacity: sort ? 1 : 0.5 },
      }}
    >
      <span style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{label}</span>
      <Arrow />
    </ButtonBase>
  )
}
