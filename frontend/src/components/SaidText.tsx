import { useTranslation } from 'react-i18next'
import { phraseText, type SentPhrase } from '../lib/phrases'

interface SaidTextProps {
  /** The server's sentence in English. */
  children: string
  phrase: SentPhrase | null
}

/** What the server says, in the reader's language; marked as English where it is. */
export function SaidText({ children, phrase }: SaidTextProps) {
  const { i18n } = useTranslation()
  const text = phraseText(children, phrase)
  const isEnglish = text === children && i18n.language !== 'en'
  return <span lang={isEnglish ? 'en' : undefined}>{text}</span>
}
