/** Colours, type and shape: indigo ink on rice paper, and the same by night. */
import { createTheme } from '@mui/material/styles'

const FONT = [
  'system-ui',
  '-apple-system',
  '"Segoe UI"',
  'Roboto',
  '"Hiragino Sans"',
  '"Noto Sans CJK JP"',
  '"Noto Sans JP"',
  '"Yu Gothic UI"',
  'Meiryo',
  'sans-serif',
].join(',')

export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-color-scheme' },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: '#2f4b8f' },
        secondary: { main: '#a8552b' },
        success: { main: '#2c7a4b' },
        warning: { main: '#96610a' },
        error: { main: '#b3332b' },
        info: { main: '#2b6a9e' },
        background: { default: '#f7f6f2', paper: '#ffffff' },
        text: { primary: '#1f2430', secondary: '#5a6070' },
        divider: 'rgba(31, 36, 48, 0.12)',
      },
    },
    dark: {
      palette: {
        primary: { main: '#9db5f0' },
        secondary: { main: '#e6a07a' },
        success: { main: '#7ccb9a' },
        warning: { main: '#e3b05f' },
        error: { main: '#f0938b' },
        info: { main: '#86bde8' },
        background: { default: '#14171f', paper: '#1c202b' },
        text: { primary: '#e8eaf0', secondary: '#a5acbd' },
        divider: 'rgba(232, 234, 240, 0.14)',
      },
    },
  },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: FONT,
    h1: { fontSize: '1.625rem', fontWeight: 650, lineHeight: 1.25, letterSpacing: '-0.01em' },
    h2: { fontSize: '1.125rem', fontWeight: 650, lineHeight: 1.35 },
    h3: { fontSize: '0.9375rem', fontWeight: 650, lineHeight: 1.4 },
    button: { textTransform: 'none', fontWeight: 600 },
    overline: { letterSpacing: '0.04em', textTransform: 'none', fontWeight: 600, lineHeight: 1.6 },
  },
  components: {
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiButton: { defaultProps: { disableElevation: true } },
    MuiDialogTitle: { styleOverrides: { root: { fontSize: '1.25rem', fontWeight: 650 } } },
    MuiTooltip: { defaultProps: { arrow: true, enterDelay: 400 } },
    MuiTableCell: {
      styleOverrides: {
        head: ({ theme: t }) => ({
          fontSize: '0.8125rem',
          fontWeight: 600,
          color: t.vars.palette.text.secondary,
          whiteSpace: 'nowrap',
          paddingTop: 10,
          paddingBottom: 10,
        }),
      },
    },
    MuiCssBaseline: {
      styleOverrides: {
        body: { fontVariantNumeric: 'tabular-nums' },
        '@media (prefers-reduced-motion: reduce)': {
          '*, *::before, *::after': {
            animationDuration: '0.01ms !important',
            transitionDuration: '0.01ms !important',
          },
        },
      },
    },
  },
})
