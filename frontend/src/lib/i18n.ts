/** The page's two languages. English is the model: a key exists when English has it. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type en from './locales/en.json'
import { readStored } from './storedValue'

export const languages = ['en', 'ja'] as const
export type Language = (typeof languages)[number]
type Texts = typeof en

export const LANGUAGE_KEY = 'datakura.language'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Texts }
    returnNull: false
  }
}

// Loaded when chosen: nobody reads both at once. A test keeps them complete, so there is no fallback.
const loaders: Record<Language, () => Promise<object>> = {
  en: () => import('./locales/en.json'),
  ja: () => import('./locales/ja.json'),
}

/** What was chosen before, else what the browser prefers, else English. */
export function initialLanguage(): Language {
  const preferred = window.navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())
  return (
    readStored(LANGUAGE_KEY, languages) ??
    preferred.map((tag) => languages.find((language) => language === tag)).find(Boolean) ??
    'en'
  )
}

/** The page speaks this language, and says so to screen readers. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      resources: {},
      // React escapes what it renders.
      interpolation: { escapeValue: false },
    })
  }
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await loaders[language]())
  }
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}
