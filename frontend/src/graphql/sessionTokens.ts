/** The access token, held in memory only, and its single-flight renewal by the refresh cookie. */

export interface IssuedSession {
  accessToken: string
  /** RFC 3339. */
  expiresAt: string
}

/** A token this close to its end is renewed first: it could end on the way to the server. */
const RENEW_BEFORE_MS = 20_000

export class SessionTokens {
  #session: IssuedSession | null = null
  #renewal: Promise<string | null> | null = null
  /** Grows at sign-in and sign-out, so that a renewal that was under way cannot undo either. */
  #generation = 0
  readonly #requestRenewal: () => Promise<IssuedSession | null>
  readonly #endListeners = new Set<() => void>()
  readonly #factorListeners = new Set<() => void>()

  /**
   * @param requestRenewal asks the server for a new session; null when the cookie opens none,
   *   rejects when the server could not be reached.
   */
  constructor(requestRenewal: () => Promise<IssuedSession | null>) {
    this.#requestRenewal = requestRenewal
  }

  accept(session: IssuedSession): void {
    this.#generation += 1
    this.#session = session
  }

  clear(): void {
    this.#generation += 1
    this.#session = null
  }

  /** Forget the access token but not the sign-in: the next `current()` renews it. */
  expire(): void {
    this.#session = null
  }

  /** A token that is good for some time, renewed when needed; null when nobody is signed in. */
  async current(): Promise<string | null> {
    if (this.#session && Date.parse(this.#session.expiresAt) - Date.now() > RENEW_BEFORE_MS) {
      return this.#session.accessToken
    }
    return this.renew()
  }

  /** A new token. However many ask at once, the server is asked once. */
  renew(): Promise<string | null> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  async #renew(): Promise<string | null> {
    const generation = this.#generation
    const session = await this.#requestRenewal()
    if (generation !== this.#generation) return this.#session?.accessToken ?? null
    this.#session = session
    if (!session) for (const listener of this.#endListeners) listener()
    return session?.accessToken ?? null
  }

  /** Calls the listener when the server says that the sign-in has ended; returns the way to stop. */
  onEnd(listener: () => void): () => void {
    this.#endListeners.add(listener)
    return () => this.#endListeners.delete(listener)
  }

  /** The server refuses everything until the account has a second factor. */
  factorIsDue(): void {
    for (const listener of this.#factorListeners) listener()
  }

  /** Calls the listener when that is so; returns the way to stop. */
  onFactorDue(listener: () => void): () => void {
    this.#factorListeners.add(listener)
    return () => this.#factorListeners.delete(listener)
  }
}
