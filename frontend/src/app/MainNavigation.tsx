import Box from '@mui/material/Box'
import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'

/** The pages of the whole application. */
export function MainNavigation() {
  const { t } = useTranslation()
  return (
    <Box
      component="nav"
      aria-label={t('shell.navigation')}
      sx={{
        display: 'flex',
        gap: { xs: 1.5, sm: 2.5 },
        ml: { xs: 2, sm: 4 },
        whiteSpace: 'nowrap',
        '& a': { color: 'text.secondary', textDecoration: 'none', fontWeight: 600, py: 0.5 },
        '& a:hover, & a.active': { color: 'text.primary' },
        '& a.active': { boxShadow: '0 2px currentColor' },
        // Where it is narrow the name of the page, which leads to the same place, has to do.
        '& a:first-of-type': { display: { xs: 'none', sm: 'block' } },
      }}
    >
      <NavLink to="/">{t('shell.datasets')}</NavLink>
      <NavLink to="/quality">{t('shell.quality')}</NavLink>
    </Box>
  )
}
