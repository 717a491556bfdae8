import { useColorScheme } from '@mui/material/styles'
import { useEffect } from 'react'
import { useSelector } from 'react-redux'
import { selectThemeMode } from '../features/accounts/preferencesSlice'

/** Hands the preferred mode to the theme; renders nothing. */
export function ThemeModeSync() {
  const { setMode } = useColorScheme()
  const themeMode = useSelector(selectThemeMode)
  useEffect(() => setMode(themeMode), [setMode, themeMode])
  return null
}
