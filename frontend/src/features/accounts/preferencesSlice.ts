/** What a person prefers on this device: language and light or dark. */
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'
import { initialLanguage, type Language } from '../../lib/i18n'
import { readStored } from '../../lib/storedValue'

export const themeModes = ['system', 'light', 'dark'] as const
export type ThemeMode = (typeof themeModes)[number]

export const THEME_KEY = 'datakura.theme'

interface PreferencesState {
  language: Language
  themeMode: ThemeMode
}

export const preferencesSlice = createSlice({
  name: 'preferences',
  initialState: (): PreferencesState => ({
    language: initialLanguage(),
    themeMode: readStored(THEME_KEY, themeModes) ?? 'system',
  }),
  reducers: {
    languageChosen(state, action: PayloadAction<Language>) {
      state.language = action.payload
    },
    themeModeChosen(state, action: PayloadAction<ThemeMode>) {
      state.themeMode = action.payload
    },
  },
  selectors: {
    selectLanguage: (state) => state.language,
    selectThemeMode: (state) => state.themeMode,
  },
})

export const { languageChosen, themeModeChosen } = preferencesSlice.actions
export const { selectLanguage, selectThemeMode } = preferencesSlice.selectors
