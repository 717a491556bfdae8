/** The page's two languages. English is the model: a key exists when English has it. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type en from './locales/en.json'
import { readStored } from './storedValue'
import { openPhrases } from './phrases'

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

type Part = 'first' | 'rest'

// Loaded when chosen: nobody reads both at once. A test keeps them complete, so there is no fallback.
const loaders: Record<Language, Record<Part, () => Promise<{ default: object }>>> = {
  en: {
    first: () => import('./locales/en.json?texts=first'),
    rest: () => import('./locales/en.json?texts=rest'),
  },
  ja: {
    first: () => import('./locales/ja.json?texts=first'),
    rest: () => import('./locales/ja.json?texts=rest'),
  },
}

/** The parts that are there, of each language. */
const loaded: Record<Language, Set<Part>> = { en: new Set(), ja: new Set() }
let wantsAll = false

async function load(language: Language, part: Part): Promise<void> {
  if (loaded[language].has(part)) return
  const { default: texts } = await loaders[language][part]()
  i18next.addResourceBundle(language, 'translation', texts, true)
  loaded[language].add(part)
}

/** All texts are there, not only those of the first pages. */
export async function allTexts(): Promise<void> {
  wantsAll = true
  const language = languages.find((one) => one === i18next.language) ?? 'en'
  await Promise.all([load(language, 'rest'), openPhrases(language)])
}

/** For `lazy`: a component that comes with all texts. */
export function withTexts<Module>(loadModule: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    const [module] = await Promise.all([loadModule(), allTexts()])
    return module
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
  await load(language, 'first')
  if (wantsAll) await Promise.all([load(language, 'rest'), openPhrases(language)])
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}
