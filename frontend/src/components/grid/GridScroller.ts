/** Follows an element that scrolls through a table of a height that no element may have. */
import { scrollScale, type ScrollScale } from './scrollScale'

/** Where nothing is laid out, as in tests of components, this much is seen. */
const UNKNOWN_VIEW = { width: 900, height: 600 }

/** After this long without scrolling the view counts as at rest. */
const REST_MS = 150

export interface ScrollPlace {
  view: { width: number; height: number }
  scale: ScrollScale
  /** What the element is scrolled by. */
  scrollTop: number
  left: number
  /** Distance of the view from the table's top. */
  top: number
  isMoving: boolean
}

export class GridScroller {
  readonly #height: number
  readonly #listeners = new Set<() => void>()
  #place: ScrollPlace
  #element: HTMLElement | null = null
  #resting: ReturnType<typeof setTimeout> | undefined

  constructor(height: number, top: number) {
    this.#height = height
    const scale = scrollScale(height, UNKNOWN_VIEW.height)
    this.#place = { view: UNKNOWN_VIEW, scale, scrollTop: scale.scrollOf(top), left: 0, top, isMoving: false }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly snapshot = (): ScrollPlace => this.#place

  /** For `ref`: begins where the table stood before; returns the way to stop. */
  readonly attach = (element: HTMLElement): (() => void) => {
    this.#element = element
    const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(() => this.#measure())
    observer?.observe(element)
    element.addEventListener('scroll', this.#follow, { passive: true })
    this.#measure()
    if (this.#place.top > 0) this.scrollTo(this.#place.top)
    return () => {
      observer?.disconnect()
      clearTimeout(this.#resting)
      element.removeEventListener('scroll', this.#follow)
      this.#element = null
    }
  }

  scrollTo(wanted: number, left = this.#place.left): void {
    const { view, scale } = this.#place
    const top = Math.min(Math.max(wanted, 0), Math.max(this.#height - view.height, 0))
    const scrollTop = Math.round(scale.scrollOf(top))
    this.#change({ scrollTop, left, top })
    if (!this.#element) return
    this.#element.scrollTop = scrollTop
    this.#element.scrollLeft = left
  }

  #change(change: Partial<ScrollPlace>): void {
    this.#place = { ...this.#place, ...change }
    for (const listener of this.#listeners) listener()
  }

  #measure(): void {
    const { clientWidth: width = 0, clientHeight: height = 0 } = this.#element ?? {}
    const { view } = this.#place
    if (width === 0 || height === 0 || (view.width === width && view.height === height)) return
    this.#change({ view: { width, height }, scale: scrollScale(this.#height, height) })
  }

  readonly #follow = (): void => {
    const { scrollTop, left, top, scale, view } = this.#place
    const { scrollTop: now = 0, scrollLeft = 0 } = this.#element ?? {}
    if (now === scrollTop && scrollLeft === left) return
    const moved = now - scrollTop
    // The wheel and the keys move by what is seen, the bar by what there is.
    const isFine = Math.abs(moved) < 2 * view.height
    const aim = scale.isCompressed && isFine ? top + moved : scale.topOf(now)
    const lastTop = Math.max(this.#height - view.height, 0)
    this.#change({ scrollTop: now, left: scrollLeft, top: Math.min(Math.max(aim, 0), lastTop), isMoving: true })
    clearTimeout(this.#resting)
    this.#resting = setTimeout(this.#rest, REST_MS)
  }

  readonly #rest = (): void => {
    this.#change({ isMoving: false })
    // Fine moves are not compressed, so that afterwards bar and table have to be brought together.
    if (this.#place.scale.isCompressed) this.scrollTo(this.#place.top)
  }
}
