import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage, SESSION } from '../../testing/renderPage'
import { nothingFound, connection, viewer } from '../../testing/samples'
import { safeNext } from './safeNext'

const query = {
  signInOptions: () => ({ providerName: null }),
  viewer, datasets: () => connection([]), searchDatasets: nothingFound }

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
    expect(api.sent.filter(({ name }) => name !== 'SignInOptions')).toEqual([
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

describe('signing in with a second factor', () => {
  const challenged = () => ({ session: null, mfaChallenge: { token: 'challenge-1' }, errors: [] })

  it('asks for a code, says when it is wrong, and lets in when it is right', async () => {
    const codes: string[] = []
    const api = new FakeApi({
      query,
      mutation: {
        signIn: challenged,
        verifyTotp: ({ input }: { input: { challengeToken: string; code: string } }) => {
          codes.push(`${input.challengeToken} ${input.code}`)
          return codes.length === 1
            ? { session: null, errors: [{ code: 'INVALID_CREDENTIALS', message: 'The code is wrong.', path: null }] }
            : { session: { ...SESSION, viewer: viewer() }, errors: [] }
        },
      },
    })
    const page = await renderPage(api, '/sign-in', { session: null })
    await fillIn('hana@example.com', 'right')
    const user = userEvent.setup()
    const field = await screen.findByRole('textbox', { name: /Code/ })
    expect(field).toHaveAttribute('autocomplete', 'one-time-code')
    await user.type(field, '000000')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('The code is wrong or was used before')
    expect(page.store.getState().session.phase).toBe('SIGNED_OUT')
    await user.clear(field)
    await user.type(field, '123456')
    await user.click(screen.getByRole('button', { name: 'Sign in' }))
    await waitFor(() => expect(page.store.getState().session.phase).toBe('SIGNED_IN'))
    expect(codes).toEqual(['challenge-1 000000', 'challenge-1 123456'])
  })

  it('leads back to the password', async () => {
    const page = await renderPage(new FakeApi({ query, mutation: { signIn: challenged } }), '/sign-in', { session: null })
    await fillIn('hana@example.com', 'right')
    await userEvent.setup().click(await screen.findByRole('button', { name: 'Back to sign-in' }))
    expect(await screen.findByRole('textbox', { name: /E-mail/ })).toHaveValue('')
    expect(page.store.getState().session.phase).toBe('SIGNED_OUT')
  })

  it('takes the challenge that the way over a provider left', async () => {
    const api = new FakeApi({
      query,
      mutation: { verifyTotp: () => ({ session: { ...SESSION, viewer: viewer() }, errors: [] }) },
    })
    await renderPage(api, '/sign-in#challenge=of-provider', { session: null })
    await userEvent.setup().type(await screen.findByRole('textbox', { name: /Code/ }), '123456{Enter}')
    await waitFor(() =>
      expect(api.sent).toContainEqual({
        name: 'VerifyTotp',
        variables: { input: { challengeToken: 'of-provider', code: '123456' } },
      }),
    )
  })
})

describe('signing in at a provider', () => {
  it('offers it by its name when there is one', async () => {
    const options = { signInOptions: () => ({ providerName: 'Acme' }) }
    await renderPage(new FakeApi({ query: { ...query, ...options } }), '/sign-in', { session: null })
    const link = await screen.findByRole('link', { name: 'Sign in with Acme' })
    expect(link).toHaveAttribute('href', '/oidc/start')
  })

  it.each([
    ['NO_ACCOUNT', 'There is no account for you here.'],
    ['REFUSED', 'The sign-in did not work.'],
    ['<b>x</b>', 'The sign-in did not work.'],
  ])('says what went wrong: %s', async (code, says) => {
    await renderPage(new FakeApi({ query }), `/sign-in#error=${encodeURIComponent(code)}`, { session: null })
    expect(await screen.findByRole('alert')).toHaveTextContent(says)
  })
})

describe('choosing a password by a link', () => {
  it.each([
    ['/reset-password', 'ResetPassword', 'resetPassword'],
    ['/accept-invitation', 'AcceptInvitation', 'acceptInvitation'],
  ])('%s sends the token behind the sign and leads to the sign-in', async (path, name, field) => {
    const answers = [{ errors: [{ code: 'INVALID_CREDENTIALS', message: 'This link is wrong.', path: null }] }, { errors: [] }]
    const api = new FakeApi({ query, mutation: { [field]: () => answers.shift() } })
    const page = await renderPage(api, `${path}#the-token`, { session: null })
    const user = userEvent.setup()
    await user.type(await screen.findByLabelText(/New password/), 'a staple of batteries')
    await user.click(screen.getByRole('button', { name: 'Save the password' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('This link is wrong, was used before, or has ended.')
    await user.click(screen.getByRole('button', { name: 'Save the password' }))
    await user.click(await screen.findByRole('link', { name: 'Sign in' }))
    await waitFor(() => expect(page.address()).toBe('/sign-in'))
    expect(api.sent.filter((sent) => sent.name === name)).toEqual(
      Array.from({ length: 2 }, () => ({
        name,
        variables: { input: { token: 'the-token', password: 'a staple of batteries' } },
      })),
    )
  })

  it('sends a link to an address, in Japanese too', async () => {
    const api = new FakeApi({ query, mutation: { requestPasswordReset: () => ({ errors: [] }) } })
    await renderPage(api, '/reset-password', { session: null, language: 'ja' })
    const user = userEvent.setup()
    await user.type(await screen.findByRole('textbox', { name: /メールアドレス/ }), ' hana@example.com ')
    await user.click(screen.getByRole('button', { name: 'リンクを送る' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('メールが届きます')
    expect(api.sent).toContainEqual({
      name: 'RequestPasswordReset',
      variables: { input: { email: 'hana@example.com' } },
    })
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
