/** A stream that a test feeds by hand. */
export class Channel<Value> implements AsyncIterableIterator<Value> {
  readonly #values: Value[] = []
  #wake: (() => void) | null = null
  #closed = false

  push(value: Value): void {
    this.#values.push(value)
    this.#wake?.()
  }

  async next(): Promise<IteratorResult<Value>> {
    for (;;) {
      const [value] = this.#values.splice(0, 1)
      if (value !== undefined) return { done: false, value }
      if (this.#closed) return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async return(): Promise<IteratorResult<Value>> {
    this.#closed = true
    this.#wake?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
