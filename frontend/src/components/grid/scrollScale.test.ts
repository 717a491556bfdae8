import { describe, expect, it } from 'vitest'
import { LONGEST_SCROLL, scrollScale } from './scrollScale'

const VIEW = 600

it('a table that fits scrolls as it is', () => {
  const scale = scrollScale(33_000, VIEW)
  expect(scale.scrollHeight).toBe(33_000)
  expect(scale.isCompressed).toBe(false)
  expect(scale.topOf(1234)).toBe(1234)
})

describe('a table of ten million rows', () => {
  const height = 330_000_000
  const scale = scrollScale(height, VIEW)

  it('is reached from its first to its last pixel', () => {
    expect(scale.scrollHeight).toBe(LONGEST_SCROLL)
    expect(scale.topOf(0)).toBe(0)
    expect(scale.topOf(LONGEST_SCROLL - VIEW)).toBe(height - VIEW)
  })

  it('is not compressed at its ends', () => {
    expect(scale.topOf(999_000)).toBe(999_000)
    expect(scale.topOf(LONGEST_SCROLL - VIEW - 500)).toBe(height - VIEW - 500)
  })

  it.each([0, 500, 1_000_000, 1_000_001, 165_000_000, 328_999_300, 329_500_000, height - VIEW])(
    'comes back to %d from the scroll position that stands for it',
    (top) => {
      expect(scale.topOf(scale.scrollOf(top))).toBeCloseTo(top, 3)
    },
  )
})
