/** Cron expressions in words, in the page's languages. Loaded with the pages that show schedules. */
import cronstrue from 'cronstrue/i18n'

/** Null: it is no cron expression of five fields. */
export function cronText(cron: string, language: string): string | null {
  if (cron.trim().split(/\s+/).length !== 5) return null
  try {
    return cronstrue.toString(cron.trim(), { locale: language === 'ja' ? 'ja' : 'en', use24HourTimeFormat: true })
  } catch {
    return null
  }
}

/** A moment in the time of a zone, whose name it is given with. */
export function formatIn(instant: string, timezone: string, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: timezone }).format(new Date(instant))
}
