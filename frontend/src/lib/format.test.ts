import { describe, expect, it } from 'vitest'
import { formatBytes, formatDay, formatFraction, formatRelative, formatSignedPercent, formatStatistic } from './format'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1_000, '1 KB'],
    [1_234, '1.2 KB'],
    [999_500, '1,000 KB'],
    [5_368_709_120, '5.4 GB'],
  ])('of %d is %s', (sizeBytes, expected) => {
    expect(formatBytes(sizeBytes, 'en')).toBe(expected)
  })
})

describe('formatFraction', () => {
  it.each([
    [0, '0%'],
    [0.0000001, '< 0.1%'],
    [0.25, '25%'],
    [0.1234, '12.3%'],
    [0.99999, '> 99.9%'],
    [1, '100%'],
  ])('of %d is %s', (fraction, expected) => {
    expect(formatFraction(fraction, 'en')).toBe(expected)
  })
})

describe('formatRelative', () => {
  const now = new Date('2026-03-10T12:00:00Z')
  it.each([
    ['2026-03-10T11:59:30Z', 'en', 'now'],
    ['2026-03-10T11:58:00Z', 'en', '2 minutes ago'],
    ['2026-03-09T11:00:00Z', 'en', 'yesterday'],
    ['2026-03-07T12:00:00Z', 'ja', '3 日前'],
    ['2024-03-10T12:00:00Z', 'en', '2 years ago'],
  ])('of %s in %s is %s', (instant, language, expected) => {
    expect(formatRelative(instant, now, language)).toBe(expected)
  })
})

it('formatStatistic keeps six significant digits', () => {
  expect(formatStatistic(1234.56789, 'en')).toBe('1234.57')
  expect(formatStatistic(123456.789, 'en')).toBe('123,457')
  expect(formatStatistic(0.000123456789, 'en')).toBe('0.000123457')
})

it('formatDay tells the day in UTC, wherever the reader is', () => {
  expect(formatDay(Date.UTC(2026, 0, 31) / 1000, 'en')).toBe('Jan 31, 2026')
})

describe('formatSignedPercent', () => {
  it.each([
    [0.1234, '+12.3%'],
    [-0.5, '-50%'],
    [0, '0%'],
    [0.000012345, '+0.00123%'],
    [1234.5, '+123,000%'],
  ])('%s', (fraction, text) => {
    expect(formatSignedPercent(fraction, 'en')).toBe(text)
  })
})
