import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { Channel } from '../../testing/Channel'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, OWNER } from '../../testing/samples'

const TEAM = { id: 'team-1', name: 'Stewards' }
const HOOK = {
  __typename: 'NotificationChannel',
  id: 'channel-1',
  name: 'Ops',
  type: 'WEBHOOK',
  target: 'https://example.com',
  events: ['INCIDENT_OPENED'],
  scope: 'MINE',
  enabled: true,
  disabledReason: null,
  previousSecretUntil: null,
  subjectTemplate: null,
  bodyTemplate: null,
  owner: OWNER,
  team: null,
  datasets: [],
}
const VARIABLES = [{ name: 'dataset.name', description: 'Name of the dataset.' }]

function sent(api: FakeApi, name: string): unknown[] {
  return api.sent.filter((one) => one.name === name).map(({ variables }) => variables)
}

describe('notifications', () => {
  it('ring at the bell as they come, and are read from there', async () => {
    const events = new Channel<object>()
    const notice = {
      id: 'notice-7',
      sequence: 7,
      kind: 'INCIDENTS_OPENED',
      createdAt: '2026-01-06T00:00:00Z',
      readAt: null as string | null,
      title: 'Store sales: 1 rule fails on version 3',
      dataset: datasetSample(),
      run: { id: 'run-1' },
    }
    const api = new FakeApi({
      query: { viewer: () => OWNER, notifications: () => connection([notice]) },
      mutation: {
        markNotificationsRead: () => {
          notice.readAt = '2026-01-07T00:00:00Z'
          return { unreadCount: 0, errors: [] }
        },
      },
      subscription: { notificationsChanged: () => events },
    })
    await renderPage(api, '/nowhere')
    events.push({ notificationsChanged: { sequence: 7, unreadCount: 1, notification: notice } })
    await userEvent.click(await screen.findByRole('button', { name: '1 unread notification' }))
    const link = await screen.findByRole('link', { name: notice.title })
    expect(link).toHaveAttribute('href', '/datasets/store-sales/quality?view=runs&run=run-1')
    await userEvent.click(screen.getByRole('button', { name: 'Mark all as read' }))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Mark all as read' })).not.toBeInTheDocument())
    expect(sent(api, 'MarkNotificationsRead')).toEqual([{ input: { upToSequence: 7 } }])
  })

  it('go to a team, of chosen datasets, in own words that are shown before they are kept', async () => {
    const channels: object[] = []
    const api = new FakeApi({
      query: {
        viewer: () => ({ ...OWNER, teams: [TEAM] }),
        notificationChannels: () => connection(channels),
        notificationVariables: () => VARIABLES,
        notificationPreview: ({ subjectTemplate }: { subjectTemplate: string }) => ({
          subject: subjectTemplate === '' ? 'The usual' : subjectTemplate.replace('{{dataset.name}}', 'Example'),
          body: 'Text',
        }),
        suggestDatasets: () => [datasetSample()],
      },
      mutation: {
        createNotificationChannel: ({ input }: { input: { name: string } }) => {
          channels.push({ ...HOOK, name: input.name, team: TEAM, scope: 'SELECTED', datasets: [datasetSample()] })
          return { channel: channels[0], signingSecret: 'whsec_once', errors: [] }
        },
      },
    })
    await renderPage(api, '/notifications?view=channels')
    await userEvent.click(await screen.findByRole('button', { name: 'Add channel' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'Ops')
    await userEvent.click(await screen.findByRole('combobox', { name: 'Whose' }))
    await userEvent.click(await screen.findByRole('option', { name: 'Team Stewards' }))
    await userEvent.click(screen.getByRole('combobox', { name: 'By' }))
    await userEvent.click(await screen.findByRole('option', { name: 'Webhook' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'URL' }), 'https://example.com/in')
    await userEvent.click(screen.getByRole('combobox', { name: 'Of which datasets' }))
    expect(screen.queryByRole('option', { name: 'all datasets that I may see' })).not.toBeInTheDocument()
    await userEvent.click(await screen.findByRole('option', { name: 'chosen datasets' }))
    expect(screen.getByRole('button', { name: 'Add channel' })).toBeDisabled()
    expect(screen.getByRole('note', { name: 'Choose a dataset.' })).toBeVisible()
    await userEvent.type(screen.getByRole('combobox', { name: 'Datasets' }), 'Sto')
    await userEvent.click(await screen.findByRole('option', { name: 'Store sales' }))
    await userEvent.click(screen.getByRole('button', { name: 'Usual words; write your own' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Subject' }), 'News of ')
    await userEvent.click(screen.getByRole('button', { name: 'dataset.name' }))
    expect(await screen.findByText('News of Example')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Add channel' }))
    expect(await screen.findByText('whsec_once')).toBeVisible()
    expect(sent(api, 'CreateNotificationChannel')).toEqual([
      {
        input: {
          name: 'Ops',
          type: 'WEBHOOK',
          target: 'https://example.com/in',
          events: ['INCIDENT_OPENED', 'INCIDENT_RESOLVED'],
          scope: 'SELECTED',
          datasetIds: ['dataset-1'],
          teamId: 'team-1',
          subjectTemplate: 'News of {{dataset.name}}',
          bodyTemplate: null,
        },
      },
    ])
    const card = await screen.findByRole('region', { name: 'Ops' })
    expect(within(card).getByText('Team Stewards')).toBeVisible()
    expect(within(card).getByRole('link', { name: 'Store sales' })).toHaveAttribute('href', '/datasets/store-sales/quality')
  })

  it('are sent again from the log, and signed with both secrets for as long as one says', async () => {
    const delivery = {
      id: 'delivery-1',
      status: 'FAILED',
      isTest: false,
      attempts: 9,
      responseCode: 503,
      responseExcerpt: null,
      error: 'It answered 503.',
      nextAttemptAt: null,
      createdAt: '2026-01-06T00:00:00Z',
      title: 'Store sales: 1 rule fails',
    }
    const api = new FakeApi({
      query: {
        viewer: () => OWNER,
        notificationChannels: () => connection([HOOK]),
        node: () => ({ ...HOOK, deliveries: () => connection([delivery]) }),
      },
      mutation: {
        rotateSigningSecret: () => ({ channel: HOOK, signingSecret: 'whsec_next', errors: [] }),
        replayNotificationDelivery: () => {
          Object.assign(delivery, { status: 'PENDING', nextAttemptAt: '2026-01-07T00:00:00Z' })
          return { delivery, errors: [] }
        },
      },
    })
    await renderPage(api, '/notifications?view=channels')
    const card = await screen.findByRole('region', { name: 'Ops' })
    await userEvent.click(within(card).getByRole('button', { name: 'New signing secret' }))
    await userEvent.click(await screen.findByRole('combobox', { name: 'The former secret signs too for' }))
    await userEvent.click(await screen.findByRole('option', { name: '7 days' }))
    await userEvent.click(screen.getByRole('button', { name: 'Make a new secret' }))
    expect(await screen.findByText('whsec_next')).toBeVisible()
    expect(sent(api, 'RotateSigningSecret')).toEqual([{ input: { channelId: 'channel-1', overlapHours: 168 } }])
    await userEvent.click(within(card).getByRole('button', { name: 'Delivery log' }))
    expect(await within(card).findByText('It answered 503.')).toBeVisible()
    await userEvent.click(within(card).getByRole('button', { name: 'Send again' }))
    expect(await within(card).findByText('On its way')).toBeVisible()
    expect(within(card).queryByRole('button', { name: 'Send again' })).not.toBeInTheDocument()
  })
})
