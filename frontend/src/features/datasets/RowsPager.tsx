import ChevronLeftIcon from '@mui/icons-material/ChevronLeft'
import ChevronRightIcon from '@mui/icons-material/ChevronRight'
import FirstPageIcon from '@mui/icons-material/FirstPage'
import LastPageIcon from '@mui/icons-material/LastPage'
import IconButton from '@mui/material/IconButton'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInteger } from '../../lib/format'

interface RowsPagerProps {
  /** Number of the first row that is shown, from 1. */
  firstRow: number
  /** Number of the last row that is shown. */
  lastRow: number
  totalCount: number
  onGoTo: (row: number) => void
  /** What else can be done with the rows. */
  children: ReactNode
}

/** Moves through the rows: page by page, to either end, or to a row by its number. */
export function RowsPager({ firstRow, lastRow, totalCount, onGoTo, children }: RowsPagerProps) {
  const { t, i18n } = useTranslation()
  const integer = (value: number) => formatInteger(value, i18n.language)
  const pageRows = lastRow - firstRow + 1
  const atStart = firstRow <= 1
  const atEnd = lastRow >= totalCount

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const row = Number(new FormData(event.currentTarget).get('row'))
    if (Number.isSafeInteger(row)) onGoTo(Math.min(Math.max(row, 1), totalCount))
  }

  return (
    <Stack
      direction="row"
      component="nav"
      aria-label={t('data.pages')}
      sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1, columnGap: 0.5 }}
    >
      <Typography variant="body2" color="textSecondary" role="status" sx={{ flexGrow: 1, mr: 2 }}>
        {t('data.range', {
          first: integer(firstRow),
          last: integer(lastRow),
          total: integer(totalCount),
        })}
      </Typography>
      {children}
      <form onSubmit={submit}>
        <TextField
          // Another page is another beginning: the field is empty again.
          key={firstRow}
          name="row"
          size="small"
          label={t('data.goTo')}
          slotProps={{ htmlInput: { inputMode: 'numeric', pattern: '[0-9]*', style: { width: '11ch' } } }}
          sx={{ mx: 1 }}
        />
      </form>
      <PagerButton label={t('data.first')} disabled={atStart} onClick={() => onGoTo(1)}>
        <FirstPageIcon />
      </PagerButton>
      <PagerButton
        label={t('data.previous')}
        disabled={atStart}
        onClick={() => onGoTo(Math.max(1, firstRow - pageRows))}
      >
        <ChevronLeftIcon />
      </PagerButton>
      <PagerButton label={t('data.next')} disabled={atEnd} onClick={() => onGoTo(firstRow + pageRows)}>
        <ChevronRightIcon />
      </PagerButton>
      <PagerButton label={t('data.last')} disabled={atEnd} onClick={() => onGoTo(totalCount)}>
        <LastPageIcon />
      </PagerButton>
    </Stack>
  )
}

interface PagerButtonProps {
  label: string
  disabled: boolean
  onClick: () => void
  children: ReactNode
}

function PagerButton({ label, disabled, onClick, children }: PagerButtonProps) {
  return (
    <Tooltip title={label}>
      {/* A disabled button has no events of its own for the tooltip. */}
      <span>
        <IconButton aria-label={label} disabled={disabled} onClick={onClick}>
          {children}
        </IconButton>
      </span>
    </Tooltip>
  )
}
