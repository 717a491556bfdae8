/** Cron expressions in words, in the page's languages. Loaded with the pages that show schedules. */
import cronstrue from 'cronstrue/i18n'

/** Null: it is no cron expression of five fields. */
export function cronText(cron: string, language: string): string | null {
  if (cron.trim().split(/\s+/).length !== 5) return null
  try {
    const words = cronstrue.toString(cron.trim(), { locale: language === 'ja' ? 'ja' : 'en', use24HourTimeFormat: true })
    return (language === 'ja' && plainJapanese(cron)) || words
  } catch {
    return null
  }
}

const DAYS = ['日', '月', '火', '水', '木', '金', '土', '日'] as const

/** What most schedules are, as Japanese people say it: the library puts English word order into Japanese. */
function plainJapanese(cron: string): string | null {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.trim().split(/\s+/)
  if (!/^\d{1,2}$/.test(minute) || month !== '*') return null
  if (hour === '*') return day === '*' && weekday === '*' ? `毎時 ${Number(minute)} 分` : null
  if (!/^\d{1,2}$/.test(hour)) return null
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  if (day === '*' && weekday === '*') return `毎日 ${time}`
  if (weekday === '*' && /^\d{1,2}$/.test(day)) return `毎月 ${Number(day)} 日 ${time}`
  if (day !== '*') return null
  const range = /^([0-7])-([0-7])$/.exec(weekday)
  if (range) return `毎週 ${DAYS[Number(range[1])]}〜${DAYS[Number(range[2])]}曜日 ${time}`
  if (/^[0-7](,[0-7])*$/.test(weekday)) return `毎週 ${weekday.split(',').map((one) => DAYS[Number(one)]).join('・')}曜日 ${time}`
  return null
}

/** A moment in the time of a zone, whose name it is given with. */
export function formatIn(instant: string, timezone: string, language: string): string {
  return new Intl.DateTimeFormat(language, { weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: timezone }).format(new Date(instant))
}
