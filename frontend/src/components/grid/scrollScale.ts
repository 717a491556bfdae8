/**
 * Browsers cannot make an element taller than some 17 million pixels, which 10 million rows would be
 * many times over. So a very tall table scrolls in a shorter element: its first and last million
 * pixels are there one to one, so that wheel and keys reach both ends, and what lies between is
 * compressed.
 */

export const LONGEST_SCROLL = 15_000_000
const PLAIN_END = 1_000_000

export interface ScrollScale {
  /** Height of the element that scrolls. */
  scrollHeight: number
  /** Distance from the table's top that a scroll position stands for. */
  topOf: (scroll: number) => number
  /** The scroll position that stands for a distance from the table's top. */
  scrollOf: (top: number) => number
  isCompressed: boolean
}

/** @param viewHeight how much of the table is seen at once. */
export function scrollScale(height: number, viewHeight: number): ScrollScale {
  if (height <= LONGEST_SCROLL) {
    return { scrollHeight: height, topOf: (scroll) => scroll, scrollOf: (top) => top, isCompressed: false }
  }
  const lastTop = height - viewHeight
  const lastScroll = LONGEST_SCROLL - viewHeight
  const factor = (lastTop - 2 * PLAIN_END) / (lastScroll - 2 * PLAIN_END)
  return {
    scrollHeight: LONGEST_SCROLL,
    isCompressed: true,
    topOf: (scroll) => {
      if (scroll <= PLAIN_END) return scroll
      if (scroll >= lastScroll - PLAIN_END) return lastTop - (lastScroll - scroll)
      return PLAIN_END + (scroll - PLAIN_END) * factor
    },
    scrollOf: (top) => {
      if (top <= PLAIN_END) return top
      if (top >= lastTop - PLAIN_END) return lastScroll - (lastTop - top)
      return PLAIN_END + (top - PLAIN_END) / factor
    },
  }
}
