import { expect, it } from 'vitest'
import { changesClocks, offsetOf } from './timezones'

const WINTER = new Date('2026-01-15T00:00:00Z')

it('tells how far a zone is from UTC, by the season', () => {
  expect(offsetOf('Asia/Tokyo', WINTER)).toBe('UTC+9')
  expect(offsetOf('Europe/Berlin', WINTER)).toBe('UTC+1')
  expect(offsetOf('Europe/Berlin', new Date('2026-07-15T00:00:00Z'))).toBe('UTC+2')
  expect(offsetOf('Asia/Kathmandu', WINTER)).toBe('UTC+5:45')
  expect(offsetOf('Mars/Base', WINTER)).toBeNull()
})

it('knows which zones change their clocks, on the last day of a long month too', () => {
  expect(changesClocks('Europe/Berlin', new Date('2026-08-31T12:00:00Z'))).toBe(true)
  expect(changesClocks('Asia/Tokyo', WINTER)).toBe(false)
  expect(changesClocks('UTC', WINTER)).toBe(false)
})
