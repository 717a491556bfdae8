import { ApolloClient, ApolloLink } from '@apollo/client'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { GraphQLError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createCache } from '../../graphql/cache'
import { renewingLink } from '../../graphql/client'
import { SessionTokens } from '../../graphql/sessionTokens'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage, SESSION as SIGNED_IN } from '../../testing/renderPage'
import { OWNER } from '../../testing/samples'

const STEP_UP = [{ code: 'STEP_UP_REQUIRED', message: 'Confirm that it is you.', path: null }]
const KEY = {
  id: 'key-1',
  name: 'nightly load',
  prefix: 'dk_0123456789abcdef',
  scopes: ['WRITE'],
  createdAt: '2026-01-01T00:00:00Z',
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
}
const SESSION = {
  id: 'session-1',
  createdAt: '2026-01-01T00:00:00Z',
  lastUsedAt: '2026-01-02T00:00:00Z',
  expiresAt: '2026-01-15T00:00:00Z',
  ipAddress: '192.0.2.1',
  userAgent: 'A browser',
  isCurrent: true,
}

/** An account behind the page; what mutations do to it is seen by the next query. */
function account(role = 'EDITOR') {
  const state = { ...OWNER, role, keys: [KEY], sessions: [SESSION, { ...SESSION, id: 'session-2', userAgent: 'A telephone', isCurrent: false }] }
  const query = {
    viewer: () => ({ ...state }),
    apiKeys: () => state.keys,
    sessions: () => state.sessions,
  }
  return { state, query }
}

describe('the second factor', () => {
  it('is turned on by a proof, a picture and a code, and shows its recovery codes once', async () => {
    const { state, query } = account()
    let proved = false
    const api = new FakeApi({
      query,
      mutation: {
        enrollTotp: () =>
          proved ? { secret: 'JBSWY3DP', otpauthUri: 'otpauth://x', qrCodeSvg: '<svg onload="x"/>', errors: [] } : { errors: STEP_UP },
        stepUp: ({ input }: { input: { password: string } }) => {
          proved = input.password === 'right'
          return { errors: proved ? [] : [{ code: 'INVALID_CREDENTIALS', message: 'The password is wrong.', path: null }] }
        },
        confirmTotp: () => {
          state.mfaEnabled = true
          return { recoveryCodes: ['AAAA-BBBB', 'CCCC-DDDD'], viewer: { ...state }, errors: [] }
        },
      },
    })
    await renderPage(api, '/account')
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'Turn on' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText(/Password/), 'wrong{Enter}')
    expect(await dialog.findByRole('alert')).toHaveTextContent('The password is wrong.')
    await user.clear(dialog.getByLabelText(/Password/))
    await user.type(dialog.getByLabelText(/Password/), 'right{Enter}')
    const picture = await screen.findByRole('img', { name: 'QR code for the authenticator app' })
    expect(picture).toHaveAttribute('src', 'data:image/svg+xml;utf8,%3Csvg%20onload%3D%22x%22%2F%3E')
    expect(screen.getByText('JBSWY3DP')).toBeVisible()
    await user.type(screen.getByRole('textbox', { name: /Code/ }), '123456')
    await user.click(screen.getByRole('button', { name: 'Confirm' }))
    expect(await screen.findByText('CCCC-DDDD')).toBeVisible()
    expect(await screen.findByRole('button', { name: 'Turn off' })).toBeVisible()
    expect(screen.queryByText('JBSWY3DP')).toBeNull()
  })

  it('is set up before anything else where it is required', async () => {
    const { state, query } = account()
    const refusal = new GraphQLError('Set one up first.', { extensions: { code: 'SECOND_FACTOR_REQUIRED' } })
    const unlessOn = (answer: () => unknown) => () => (state.mfaEnabled ? answer() : refusal)
    const api = new FakeApi({
      query: { viewer: query.viewer, apiKeys: unlessOn(query.apiKeys), sessions: unlessOn(query.sessions) },
      mutation: {
        enrollTotp: () => ({ secret: 'JBSWY3DP', otpauthUri: 'otpauth://x', qrCodeSvg: '<svg/>', errors: [] }),
        confirmTotp: () => {
          state.mfaEnabled = true
          return { recoveryCodes: ['AAAA-BBBB'], viewer: { ...state }, errors: [] }
        },
      },
    })
    const tokens = new SessionTokens(async () => SIGNED_IN)
    const link = ApolloLink.from([renewingLink(tokens, () => {}), api.link()])
    const page = await renderPage(api, '/account', { tokens, client: new ApolloClient({ cache: createCache(), link }) })
    const user = userEvent.setup()
    expect(await screen.findByRole('heading', { name: 'Set up a second factor' })).toBeVisible()
    expect(screen.queryByRole('link', { name: 'Datasets' })).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Turn on' }))
    await user.type(await screen.findByRole('textbox', { name: /Code/ }), '123456{Enter}')
    expect(await screen.findByText('AAAA-BBBB')).toBeVisible()
    await user.click(screen.getByRole('button', { name: /go on/ }))
    expect(await screen.findByRole('heading', { name: 'Your account' })).toBeVisible()
    expect(page.address()).toBe('/account')
  })

  it('asks for a code, not for the password, when it is on', async () => {
    const { state, query } = account()
    state.mfaEnabled = true
    let proved = false
    const api = new FakeApi({
      query,
      mutation: {
        disableTotp: () => {
          if (!proved) return { errors: STEP_UP }
          state.mfaEnabled = false
          return { viewer: { ...state }, errors: [] }
        },
        stepUp: () => {
          proved = true
          return { errors: [] }
        },
      },
    })
    await renderPage(api, '/account')
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'Turn off' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Turn off' }))
    await user.type(within(await screen.findByRole('dialog')).getByRole('textbox', { name: /Code/ }), '123456{Enter}')
    expect(await screen.findByRole('button', { name: 'Turn on' })).toBeVisible()
    expect(api.sent).toContainEqual({ name: 'StepUp', variables: { input: { code: '123456' } } })
  })
})

describe('API keys', () => {
  it('are made, shown once, and revoked', async () => {
    const { state, query } = account('ADMIN')
    const api = new FakeApi({
      query,
      mutation: {
        createApiKey: ({ input }: { input: { name: string; scopes: string[] } }) => {
          const made = { ...KEY, id: 'key-2', name: input.name, scopes: input.scopes }
          state.keys = [made, ...state.keys]
          return { apiKey: made, secret: 'dk_secret', errors: [] }
        },
        revokeApiKey: ({ input }: { input: { id: string } }) => {
          state.keys = state.keys.filter((key) => key.id !== input.id)
          return { apiKey: KEY, errors: [] }
        },
      },
    })
    await renderPage(api, '/account')
    const user = userEvent.setup()
    await user.type(await screen.findByRole('textbox', { name: /Name of the key/ }), 'report')
    await user.click(screen.getByRole('combobox', { name: 'Scope' }))
    await user.click(await screen.findByRole('option', { name: 'Everything, accounts too' }))
    await user.click(screen.getByRole('button', { name: 'Create key' }))
    expect(await screen.findByText('dk_secret')).toBeVisible()
    expect(api.sent).toContainEqual({
      name: 'CreateApiKey',
      variables: { input: { name: 'report', scopes: ['ADMIN'], expiresAt: null } },
    })
    await user.click(await screen.findByRole('button', { name: 'Revoke nightly load' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Revoke' }))
    await waitFor(() => expect(screen.queryByText('nightly load')).toBeNull())
    expect(screen.getByText('report')).toBeVisible()
    expect(screen.queryByText('dk_secret')).toBeNull()
  })

  it('offer the scope of administrators to them alone', async () => {
    await renderPage(new FakeApi({ query: account('EDITOR').query }), '/account')
    await userEvent.setup().click(await screen.findByRole('combobox', { name: 'Scope' }))
    const options = await screen.findAllByRole('option')
    expect(options.map((option) => option.textContent)).toEqual(['Read', 'Read and write', 'Manage'])
  })
})

describe('sessions', () => {
  it('are listed, and others than this one can be ended', async () => {
    const { state, query } = account()
    const api = new FakeApi({
      query,
      mutation: {
        revokeSession: ({ input }: { input: { id: string } }) => {
          state.sessions = state.sessions.filter((session) => session.id !== input.id)
          return { revokedId: input.id, errors: [] }
        },
      },
    })
    await renderPage(api, '/account')
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'End session' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'End session' }))
    await waitFor(() => expect(screen.queryByText('A telephone')).toBeNull())
    expect(screen.getByText('A browser')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'End session' })).toBeNull()
  })
})

describe('the password', () => {
  it('is changed, or says why not in the language of the page', async () => {
    const answers = [
      { errors: [{ code: 'INVALID_CREDENTIALS', message: 'The current password is wrong.', path: null }] },
      { errors: [] },
    ]
    const api = new FakeApi({ query: account().query, mutation: { changePassword: () => answers.shift() } })
    await renderPage(api, '/account')
    const user = userEvent.setup()
    await user.type(await screen.findByLabelText(/Current password/), 'old password')
    await user.type(screen.getByLabelText(/New password/), 'a staple of batteries')
    await user.click(screen.getByRole('button', { name: 'Save the password' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('The current password is wrong.')
    await user.click(screen.getByRole('button', { name: 'Save the password' }))
    expect(await screen.findByText('The password is changed, and your other sessions have ended.')).toBeVisible()
    expect(screen.getByLabelText(/Current password/)).toHaveValue('')
  })

  it('has a way to this page in the menu', async () => {
    const page = await renderPage(new FakeApi({ query: account().query }), '/account', { language: 'ja' })
    await userEvent.setup().click(await screen.findByRole('button', { name: 'アカウント' }))
    expect(await screen.findByRole('menuitem', { name: 'アカウントの設定' })).toHaveAttribute('href', '/account')
    expect(page.address()).toBe('/account')
  })
})
