import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SessionTokens, type IssuedSession } from './sessionTokens'

const NOW = new Date('2026-03-10T12:00:00Z')

function session(accessToken: string, secondsLeft = 600): IssuedSession {
  return { accessToken, expiresAt: new Date(NOW.getTime() + secondsLeft * 1000).toISOString() }
}

/** Renewals that the test answers one by one. */
function answers(...sessions: (IssuedSession | null | Error)[]) {
  let asked = 0
  const request = async () => {
    const answer = sessions[asked]
    asked += 1
    if (answer === undefined) throw new Error('asked once too often')
    if (answer instanceof Error) throw answer
    return answer
  }
  return { request, asked: () => asked }
}

beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

describe('the access token', () => {
  it('is asked for once, however many wait for it', async () => {
    const { request, asked } = answers(session('a'))
    const tokens = new SessionTokens(request)
    expect(await Promise.all([tokens.current(), tokens.current(), tokens.renew()])).toEqual(['a', 'a', 'a'])
    expect(asked()).toBe(1)
  })

  it('is used while it is good, and renewed shortly before its end', async () => {
    const { request, asked } = answers(session('b'))
    const tokens = new SessionTokens(request)
    tokens.accept(session('a', 600))
    expect(await tokens.current()).toBe('a')
    vi.setSystemTime(NOW.getTime() + 579_000)
    expect(await tokens.current()).toBe('a')
    expect(asked()).toBe(0)
    vi.setSystemTime(NOW.getTime() + 581_000)
    expect(await tokens.current()).toBe('b')
    expect(asked()).toBe(1)
  })

  it('is null and tells its listeners when the sign-in has ended', async () => {
    const tokens = new SessionTokens(answers(null, null).request)
    let ended = 0
    const stop = tokens.onEnd(() => {
      ended += 1
    })
    expect(await tokens.current()).toBeNull()
    expect(ended).toBe(1)
    stop()
    await tokens.current()
    expect(ended).toBe(1)
  })

  it('is not taken for ended when the server cannot be reached', async () => {
    const { request } = answers(new Error('offline'), session('a'))
    const tokens = new SessionTokens(request)
    let ended = 0
    tokens.onEnd(() => {
      ended += 1
    })
    await expect(tokens.current()).rejects.toThrow('offline')
    expect(ended).toBe(0)
    expect(await tokens.current()).toBe('a')
  })

  it('of a renewal that was under way at sign-out does not sign in again', async () => {
    let answer: (session: IssuedSession) => void = () => {}
    const tokens = new SessionTokens(
      () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    )
    const waiting = tokens.current()
    tokens.clear()
    answer(session('late'))
    expect(await waiting).toBeNull()
  })
})
