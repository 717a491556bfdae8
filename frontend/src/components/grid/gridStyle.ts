/** How a grid looks; its cells are plain elements, because thousands of styled ones would be slow. */
import type { SxProps, Theme } from '@mui/material/styles'

export const ROW_HEIGHT = 34
export const HEADER_HEIGHT = 40

const CELL = {
  position: 'absolute',
  top: 0,
  bottom: 0,
  px: 1.25,
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'pre',
  lineHeight: `${ROW_HEIGHT}px`,
}

const FROZEN = {
  position: 'sticky',
  left: 0,
  zIndex: 1,
  height: '100%',
  px: 1.25,
  textAlign: 'right',
  color: 'text.secondary',
  bgcolor: 'background.paper',
  borderRight: 1,
  borderColor: 'divider',
}

export const GRID_STYLE: SxProps<Theme> = {
  overflow: 'auto',
  position: 'relative',
  border: 1,
  borderColor: 'divider',
  borderRadius: 1,
  bgcolor: 'background.paper',
  fontSize: '0.875rem',
  contain: 'strict',
  overscrollBehavior: 'contain',
  '&:focus-visible': { outline: 2, outlineStyle: 'solid', outlineColor: 'primary.main' },
  '& .head': {
    position: 'sticky',
    top: 0,
    zIndex: 2,
    bgcolor: 'background.paper',
    borderBottom: 1,
    borderColor: 'divider',
    color: 'text.secondary',
    fontWeight: 600,
    fontSize: '0.8125rem',
  },
  '& [role=columnheader]:not(.corner)': { ...CELL, lineHeight: `${HEADER_HEIGHT}px` },
  '& .corner': { ...FROZEN, boxSizing: 'border-box', lineHeight: `${HEADER_HEIGHT}px` },
  '& .row': { position: 'absolute', top: 0, left: 0, right: 0, borderBottom: 1, borderColor: 'divider' },
  '& .row:hover': { bgcolor: 'action.hover' },
  // The tint upon the paper: through the tint alone, cells would be seen that scroll beneath.
  '& .row:hover .number': {
    backgroundImage: (theme) => {
      const tint = theme.vars?.palette.action.hover
      return `linear-gradient(${tint}, ${tint})`
    },
  },
  '& .number': { ...FROZEN, boxSizing: 'border-box', lineHeight: `${ROW_HEIGHT}px` },
  '& [role=gridcell]': CELL,
  '& [role=gridcell][aria-selected=true]': { boxShadow: (theme) => `inset 0 0 0 2px ${theme.vars?.palette.primary.main}` },
  '& .waiting': {
    display: 'inline-block',
    width: '60%',
    height: 10,
    borderRadius: 1,
    bgcolor: 'action.hover',
  },
  '& .null': { color: 'text.secondary' },
  '& .right': { textAlign: 'right' },
}
