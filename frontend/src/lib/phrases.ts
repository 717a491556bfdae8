/**
 * What the server says, in the reader's language. English is what it says by itself; the sentences of other languages are
 * loaded when a page may need them, not with the first one.
 */

/** `Phrase` of the API. */
export interface SentPhrase {
  /** Null: stored before sentences had codes. */
  code: string | null
  params: unknown
}

type Book = (phrase: SentPhrase) => string | null

let spoken = 'en'
let book: Book | null = null

/** The sentences of the language are there. */
export async function openPhrases(language: string): Promise<void> {
  if (language === spoken) return
  const opened = language === 'en' ? null : await import('./phraseBook').then((module) => module.bookOf(language))
  spoken = language
  book = opened
}

/** Whether sentences in the language can be said. */
export function hasPhrases(language: string): boolean {
  return language === spoken
}

/** The sentence in the reader's language; in English where its code is not known. */
export function phraseText(message: string, phrase: SentPhrase | null | undefined): string {
  return (phrase && book?.(phrase)) ?? message
}
