import { expect, it } from 'vitest'
import { cronText } from './cronText'

it.each([
  ['0 6 * * *', '毎日 06:00'],
  ['5 * * * *', '毎時 5 分'],
  ['30 6 * * 1-5', '毎週 月〜金曜日 06:30'],
  ['0 6 * * 1', '毎週 月曜日 06:00'],
  ['0 18 * * 0,3', '毎週 日・水曜日 18:00'],
  ['0 6 1 * *', '毎月 1 日 06:00'],
])('says %s in Japanese as %s', (cron, said) => {
  expect(cronText(cron, 'ja')).toBe(said)
})

it('leaves what is rarer to the library, and what is no expression unsaid', () => {
  expect(cronText('*/5 * * * *', 'en')).toBe('Every 5 minutes')
  expect(cronText('*/5 * * * *', 'ja')).toContain('5')
  expect(cronText('0 6 * *', 'ja')).toBeNull()
  expect(cronText('0 99 * * *', 'en')).toBeNull()
  expect(cronText('0 99 * * *', 'ja')).toBeNull()
})
