/** Pauses before something interrupted is tried again: a restart of the server is over in seconds, a lost network is not. */
export const AGAIN_DELAYS_MS: readonly number[] = [3_000, 10_000, 30_000, 60_000]

/** Tries again by itself what was interrupted: after pauses that grow, and as soon as the network is back. */
export class SecondTries {
  readonly #delaysMs: readonly number[]
  readonly #planned = new Map<string, { timer: ReturnType<typeof setTimeout>; run: () => void }>()
  readonly #counts = new Map<string, number>()

  constructor(delaysMs: readonly number[]) {
    this.#delaysMs = delaysMs
    globalThis.addEventListener('online', () => {
      for (const [id, { run }] of this.#planned) {
        this.cancel(id)
        run()
      }
    })
  }

  plan(id: string, run: () => void): void {
    this.cancel(id)
    const count = this.#counts.get(id) ?? 0
    this.#counts.set(id, count + 1)
    const delay = this.#delaysMs[Math.min(count, this.#delaysMs.length - 1)] ?? 0
    const timer = setTimeout(() => {
      this.#planned.delete(id)
      run()
    }, delay)
    this.#planned.set(id, { timer, run })
  }

  /** It is not tried again by itself until it is planned anew. */
  cancel(id: string): void {
    clearTimeout(this.#planned.get(id)?.timer)
    this.#planned.delete(id)
  }

  /** It is over. */
  forget(id: string): void {
    this.cancel(id)
    this.#counts.delete(id)
  }
}
