import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage, SESSION } from '../../testing/renderPage'
import { nothingFound, connection, viewer } from '../../testing/samples'
import { safeNext } from './safeNext'

const query = { viewer, datasets: () => connection([]), searchDatasets: nothingFound }

async function fillIn(email: string, password: string) {
  const user = userEvent.setup()
  await user.type(await screen.findByRole('textbox', { name: /E-mail/ }), email)
  await user.type(screen.getByLabelText(/Password/), password)
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
}

describe('signing in', () => {
  it('says what is wrong with the same words for an unknown address and a wrong password', async () => {
    const api = new FakeApi({
      query,
      mutation: {
        signIn: () => ({
          session: null,
          errors: [{ code: 'INVALID_CREDENTIALS', message: 'Wrong e-mail or password.', path: null }],
        }),
      },
    })
    const page = await renderPage(api, '/sign-in', { session: null })
    await fillIn(' hana@example.com ', 'wrong')
    expect(await screen.findByRole('alert')).toHaveTextContent('E-mail or password is wrong.')
    expect(api.sent).toEqual([
      { name: 'SignIn', variables: { input: { email: 'hana@example.com', password: 'wrong' } } },
    ])
    expect(page.store.getState().session.phase).toBe('SIGNED_OUT')
    expect(page.address()).toBe('/sign-in')
  })

  it('returns to the page that asked for it', async () => {
    const api = new FakeApi({
      query: { ...query, datasetBySlug: () => null },
      mutation: { signIn: () => ({ session: { ...SESSION, viewer: viewer() }, errors: [] }) },
    })
    const page = await renderPage(api, '/datasets/store-sales/data?version=2', { session: null })
    await waitFor(() =>
      expect(page.address()).toBe('/sign-in?next=%2Fdatasets%2Fstore-sales%2Fdata%3Fversion%3D2'),
    )
    await fillIn('hana@example.com', 'right')
    await waitFor(() => expect(page.address()).toBe('/datasets/store-sales/data?version=2'))
    expect(page.store.getState().session.phase).toBe('SIGNED_IN')
  })

  it('shows a server that cannot be reached, and keeps what was typed', async () => {
    const api = new FakeApi({
      query,
      mutation: {
        signIn: () => {
          throw new Error('The database is away.')
        },
      },
    })
    await renderPage(api, '/sign-in', { session: null })
    await fillIn('hana@example.com', 'right')
    expect(await screen.findByRole('alert')).toHaveTextContent('The database is away.')
    expect(screen.getByRole('textbox', { name: /E-mail/ })).toHaveValue('hana@example.com')
  })
})

describe('safeNext', () => {
  it.each([
    ['/datasets/a', '/datasets/a'],
    [null, '/'],
    ['https://evil.example', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('of %s is %s', (next, expected) => {
    expect(safeNext(next)).toBe(expected)
  })
})

describe('signing out', () => {
  it('asks the server, forgets the session and shows the sign-in page', async () => {
    const api = new FakeApi({ query, mutation: { signOut: () => ({ errors: [] }) } })
    const page = await renderPage(api, '/')
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'Account' }))
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }))
    await waitFor(() => expect(page.address()).toBe('/sign-in'))
    expect(api.sentNames()).toContain('SignOut')
    expect(page.store.getState().session.phase).toBe('SIGNED_OUT')
  })
})
