/** The page's two languages. English is the model: a key exists when English has it. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from './locales/en.json'
import ja from './locales/ja.json'
import { readStored } from './storedValue'

export const languages = ['en', 'ja'] as const
export type Language = (typeof languages)[number]

export const LANGUAGE_KEY = 'datakura.language'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
    returnNull: false
  }
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

export async function startI18n(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, ja: { translation: ja } },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  })
}
