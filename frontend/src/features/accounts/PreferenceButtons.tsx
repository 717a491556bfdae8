import Stack from '@mui/material/Stack'
import ToggleButton from '@mui/material/ToggleButton'
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup'
import { useTranslation } from 'react-i18next'
import { useDispatch, useSelector } from 'react-redux'
import { languages, type Language } from '../../lib/i18n'
import {
  languageChosen,
  selectLanguage,
  selectThemeMode,
  themeModeChosen,
  themeModes,
  type ThemeMode,
} from './preferencesSlice'

/** A language is written in itself: whoever cannot read the page has to find their own. */
const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', ja: '日本語' }

/** Language, and light or dark. */
export function PreferenceButtons() {
  const { t } = useTranslation()
  const dispatch = useDispatch()
  const language = useSelector(selectLanguage)
  const themeMode = useSelector(selectThemeMode)
  return (
    <Stack direction="row" spacing={1.5} sx={{ justifyContent: 'center', flexWrap: 'wrap', rowGap: 1 }}>
      <ToggleButtonGroup
        size="small"
        exclusive
        aria-label={t('account.language')}
        value={language}
        onChange={(_event, value: Language | null) => value && dispatch(languageChosen(value))}
      >
        {languages.map((value) => (
          <ToggleButton key={value} value={value} lang={value} sx={{ px: 1.5 }}>
            {LANGUAGE_NAMES[value]}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <ToggleButtonGroup
        size="small"
        exclusive
        aria-label={t('account.theme')}
        value={themeMode}
        onChange={(_event, value: ThemeMode | null) => value && dispatch(themeModeChosen(value))}
      >
        {themeModes.map((value) => (
          <ToggleButton key={value} value={value} sx={{ px: 1.5 }}>
            {t(`account.themes.${value}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </Stack>
  )
}
