import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { Channel } from '../../testing/Channel'
import { FakeApi, type Roots } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, OWNER, viewer } from '../../testing/samples'

const ACTIVITY = { lastActiveAt: '2026-01-02T00:00:00Z', openSessions: 1, invitationPending: false }
const KENJI = {
  __typename: 'User',
  id: 'user-2',
  email: 'kenji@example.com',
  displayName: 'Kenji Mori',
  role: 'EDITOR',
  active: true,
  mfaEnabled: false,
  createdAt: '2026-01-01T00:00:00Z',
  teams: [],
  activity: ACTIVITY,
  apiKeys: [],
}

function sent(api: FakeApi, name: string): Record<string, unknown>[] {
  return api.sent.filter((one) => one.name === name).map(({ variables }) => variables)
}

describe('the administration', () => {
  it('is a kind page, and nothing of it is asked for, without the role', async () => {
    const api = new FakeApi({ query: { viewer: () => ({ ...OWNER, role: 'EDITOR' }) } })
    await renderPage(api, '/admin/audit', { language: 'ja' })
    expect(await screen.findByRole('heading', { level: 1, name: 'このページは管理者専用です' })).toBeVisible()
    expect(sent(api, 'AuditSection')).toEqual([])
  })

  it('says that a section is none of its own, beside those that are', async () => {
    const api = new FakeApi({ query: { viewer } })
    const page = await renderPage(api, '/admin/uzers')
    expect(await screen.findByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible()
    expect(screen.getByRole('link', { name: 'Administration' })).toHaveAttribute('href', '/admin/users')
    expect(screen.getByRole('tab', { name: 'Audit log' })).toHaveAttribute('href', '/admin/audit')
    expect(page.address()).toBe('/admin/uzers')
  })

  it('keeps filters of accounts in the address, and goes on with a role after the proof', async () => {
    const kenji = { ...KENJI }
    let proved = false
    const refusal = [{ code: 'STEP_UP_REQUIRED', message: 'Confirm.', path: null }]
    const api = new FakeApi({
      query: { viewer, users: () => connection([kenji]), node: () => kenji },
      mutation: {
        updateUser: ({ input }: { input: { role: string } }) => {
          if (!proved) return { user: null, errors: refusal }
          kenji.role = input.role
          return { user: kenji, errors: [] }
        },
        stepUp: () => {
          proved = true
          return { errors: [] }
        },
      },
    })
    const page = await renderPage(api, '/admin/users?q=ken&role=EDITOR&state=active')
    await userEvent.click(await screen.findByRole('button', { name: /Kenji Mori/ }))
    expect(sent(api, 'UsersSection')[0]).toEqual({ first: 50, filter: { text: 'ken', role: 'EDITOR', active: true } })
    expect(page.address()).toBe('/admin/users?q=ken&role=EDITOR&state=active&user=user-2')
    const drawer = await screen.findByRole('dialog', { name: /Kenji Mori/ })
    await userEvent.click(await within(drawer).findByRole('combobox', { name: 'Role' }))
    await userEvent.click(await screen.findByRole('option', { name: 'Viewer' }))
    const proof = await screen.findByRole('dialog', { name: 'Is it you?' })
    await userEvent.type(within(proof).getByLabelText(/Password/), 'right{Enter}')
    expect(await within(drawer).findByText('Saved.')).toBeVisible()
    expect(sent(api, 'UpdateUser')).toEqual(Array.from({ length: 2 }, () => ({ input: { id: 'user-2', role: 'VIEWER' } })))
    expect(within(drawer).getByRole('combobox', { name: 'Role' })).toHaveTextContent('Viewer')
  })

  it('runs a dead task again, and says why another cannot be', async () => {
    const task = (changes: object) => ({
      id: 'task-1',
      actor: 'versions.ingest',
      state: 'DEAD',
      attempt: 3,
      maxAttempts: 5,
      lostLeases: 3,
      lastError: 'its worker died 3 times',
      availableAt: '2026-01-01T00:00:00Z',
      createdAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:00:00Z',
      replayObstacle: null,
      args: {},
      subject: null,
      ...changes,
    })
    let dead = [task({}), task({ id: 'task-2', actor: 'mails.send', replayObstacle: 'MAIL_GONE' })]
    const api = new FakeApi({
      query: { viewer, taskQueues: () => [], tasks: () => connection(dead) },
      mutation: {
        replayTask: () => {
          dead = dead.slice(1)
          return { task: task({ state: 'READY', replayObstacle: 'NOT_DEAD' }), errors: [] }
        },
      },
    })
    await renderPage(api, '/admin/tasks')
    expect(await screen.findByRole('button', { name: 'Run again: mails.send' })).toBeDisabled()
    expect(screen.getByRole('note', { name: /The text of this mail was deleted/ })).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Run again: versions.ingest' }))
    await waitFor(() => expect(screen.queryByText('versions.ingest')).not.toBeInTheDocument())
    expect(sent(api, 'ReplayTask')).toEqual([{ input: { id: 'task-1' } }])
    expect(sent(api, 'TasksSection')[0]).toEqual({ first: 50, filter: { states: ['DEAD'] } })
  })
})

describe('the access to a dataset', () => {
  const GRANT = {
    id: 'grant-1',
    level: 'WRITE',
    expiresAt: '2027-01-01T00:00:00Z',
    createdAt: '2026-01-01T00:00:00Z',
    user: KENJI,
    team: null,
  }

  function pageOf(changes: object, mutation: NonNullable<Roots['mutation']> = {}, grants: () => unknown = () => [GRANT]) {
    const dataset = datasetSample({ accessGrants: grants, ...changes })
    return new FakeApi({
      query: { viewer, datasetBySlug: () => dataset, dataset: () => dataset },
      mutation,
      subscription: { datasetStatusChanged: () => new Channel() },
    })
  }

  it('is taken away at once, and given back as it was', async () => {
    let grants: unknown[] = [GRANT]
    const api = pageOf(
      {},
      {
        revokeAccess: () => {
          grants = []
          return { revokedId: 'grant-1', errors: [] }
        },
        grantAccess: () => {
          grants = [GRANT]
          return { grant: GRANT, errors: [] }
        },
      },
      () => grants,
    )
    await renderPage(api, '/datasets/store-sales/access')
    await userEvent.click(await screen.findByRole('button', { name: 'Remove the access of Kenji Mori' }))
    expect(await screen.findByText('Nobody was given access beyond that.')).toBeVisible()
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(await screen.findByRole('combobox', { name: 'Level of Kenji Mori' })).toHaveTextContent('Write')
    expect(sent(api, 'GrantAccess')).toEqual([
      { input: { datasetId: 'dataset-1', level: 'WRITE', expiresAt: GRANT.expiresAt, userId: 'user-2' } },
    ])
  })

  it('is shown without a way to change it to who does not manage the dataset', async () => {
    await renderPage(pageOf({ viewerLevel: 'READ' }, {}, () => null), '/datasets/store-sales/access')
    expect(await screen.findByText(/Ask Hana Sato for more/)).toBeVisible()
    expect(screen.getByRole('radio', { name: /Restricted/ })).toBeDisabled()
    expect(screen.getByRole('button', { name: 'Give access' })).toBeDisabled()
    expect(screen.queryByText('Why does somebody have access?')).not.toBeInTheDocument()
  })
})
