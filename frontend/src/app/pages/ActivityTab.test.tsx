import { screen, waitFor } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Channel } from '../../testing/Channel'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, OWNER, versionSample, viewer } from '../../testing/samples'

const done = (action: string, changes: object = {}) => ({
  id: action,
  occurredAt: '2026-01-06T00:00:00Z',
  action,
  actorSystem: null,
  fieldPath: null,
  names: [],
  actor: OWNER,
  version: null,
  ...changes,
})

it('tells who did what, newest first, and what happens meanwhile', async () => {
  const events = new Channel()
  const state = [
    done('field.update', { fieldPath: 'amount', names: ['description', 'tags'] }),
    done('version.publish', { actor: null, actorSystem: 'worker', version: versionSample() }),
    done('something.new', { actor: null }),
  ]
  const api = new FakeApi({
    query: { viewer, datasetBySlug: () => datasetSample({ versions: () => connection([versionSample()]) }), datasetActivity: () => connection(state) },
    subscription: { datasetStatusChanged: () => events },
  })
  await renderPage(api, '/datasets/store-sales/activity')
  const list = await screen.findByRole('list', { name: 'Activity' })
  const said = () => [...list.children].map((one) => one.textContent?.replace(/^.|(Jan|\\d+ \\w+ ago|last|yesterday).*$/gu, ''))
  expect(said()[0]).toContain('Hana Sato described a column · amount: description, tags')
  expect(said()[1]).toContain('The system published a version · Version 1')
  expect(said()[2]).toContain('Somebody something.new')

  state.unshift(done('metadata.set', { names: ['source'] }))
  const event = (sequence: number) => ({
    datasetStatusChanged: { sequence, occurredAt: '2026-01-06T00:00:00Z', dataset: datasetSample(), version: null },
  })
  events.push(event(1))
  expect(api.sentNames().filter((name) => name === 'ActivityTab')).toHaveLength(1)
  events.push(event(2))
  await waitFor(() => expect(said()[0]).toContain('Hana Sato set metadata · source'))
})
