import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it } from 'vitest'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, nothingFound, viewer } from '../../testing/samples'

beforeEach(() => sessionStorage.clear())

/** One dataset that mutations change as the server would, revision and all. */
function setUp() {
  const state = { dataset: datasetSample({ revision: 7 }) as Record<string, unknown> }
  const conflict = { code: 'CONFLICT', message: 'Somebody else changed it.', path: ['input', 'revision'] }
  const api = new FakeApi({
    query: {
      viewer,
      dataset: () => state.dataset,
      datasetBySlug: () => state.dataset,
      datasets: () => connection([]),
      searchDatasets: nothingFound,
    },
    mutation: {
      updateDataset: ({ input }: { input: Record<string, unknown> & { tags?: string[] } }) => {
        if (input['revision'] !== state.dataset['revision']) return { dataset: null, errors: [conflict] }
        // An input that was not sent has its default here, null.
        const given = Object.entries(input).filter(([, value]) => value !== null)
        const { tags, ...changes } = Object.fromEntries(given) as typeof input
        state.dataset = {
          ...state.dataset,
          ...changes,
          ...(tags && { tags: tags.map((name) => ({ name })) }),
          revision: Number(state.dataset['revision']) + 1,
        }
        return { dataset: state.dataset, errors: [] }
      },
    },
  })
  const sentInput = () => api.sent.findLast(({ name }) => name === 'UpdateDataset')?.variables['input']
  return { api, state, sentInput }
}

it('settings send only what was changed, with the revision that was read', async () => {
  const { api, sentInput } = setUp()
  await renderPage(api, '/datasets/store-sales/settings')
  const user = userEvent.setup()
  const name = await screen.findByRole('textbox', { name: 'Name' })
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled()
  await user.type(name, ' by day')
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Saved.')).toBeInTheDocument()
  expect(sentInput()).toEqual({ id: 'dataset-1', revision: 7, name: 'Store sales by day' })
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Store sales by day')
})

it('a change of somebody else becomes a choice, and what only one has changed is kept', async () => {
  const { api, state, sentInput } = setUp()
  await renderPage(api, '/datasets/store-sales/settings')
  const user = userEvent.setup()
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), ' (mine)')
  await user.click(screen.getByRole('switch'))
  state.dataset = { ...state.dataset, revision: 8, name: 'Theirs', tags: [{ name: 'new' }] }
  await user.click(screen.getByRole('button', { name: 'Save' }))
  const dialog = await screen.findByRole('dialog', { name: 'Somebody else changed this dataset' })
  expect(within(dialog).getAllByRole('radio').map((radio) => radio.closest('label')?.textContent)).toEqual([
    'Mine: Store sales (mine)',
    'Theirs: Theirs',
  ])
  await user.click(within(dialog).getByRole('radio', { name: 'Mine: Store sales (mine)' }))
  await user.click(within(dialog).getByRole('button', { name: 'Save this' }))
  expect(await screen.findByText('Saved.')).toBeInTheDocument()
  expect(sentInput()).toEqual({ id: 'dataset-1', revision: 8, name: 'Store sales (mine)', autoPublish: true })
  expect(state.dataset['tags']).toEqual([{ name: 'new' }])
})

it('what was typed is there again after the page was loaded anew', async () => {
  const { api } = setUp()
  const first = await renderPage(api, '/datasets/store-sales/settings')
  await userEvent.type(await screen.findByRole('textbox', { name: 'Description' }), ' More.')
  first.leave()
  await renderPage(api, '/datasets/store-sales/settings')
  expect(await screen.findByRole('textbox', { name: 'Description' })).toHaveValue('Sales by store and day. More.')
  expect(screen.getByText('Not saved yet; kept in this tab.')).toBeInTheDocument()
})

it('a refusal says what is wrong at its field, in Japanese with the words of the server', async () => {
  const { api } = setUp()
  api.roots.mutation = {
    updateDataset: () => ({
      dataset: null,
      errors: [{ code: 'INVALID_INPUT', message: 'A name has 1-255 characters.', path: ['input', 'name'] }],
    }),
  }
  await renderPage(api, '/datasets/store-sales/settings', { language: 'ja' })
  const name = await screen.findByRole('textbox', { name: '名前' })
  await userEvent.type(name, 'x')
  await userEvent.click(screen.getByRole('button', { name: '保存' }))
  await waitFor(() => expect(name).toBeInvalid())
  expect(name).toHaveAccessibleDescription('この値は受け付けられません。（A name has 1-255 characters.）')
})

it('a deleted dataset can be brought back from the list', async () => {
  const { api } = setUp()
  const done: string[] = []
  api.roots.mutation = {
    deleteDataset: ({ input }: { input: { id: string } }) => {
      done.push(`delete ${input.id}`)
      return { deletedId: input.id, errors: [] }
    },
    restoreDataset: ({ input }: { input: { id: string } }) => {
      done.push(`restore ${input.id}`)
      return { dataset: datasetSample(), errors: [] }
    },
  }
  const page = await renderPage(api, '/datasets/store-sales/settings')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Delete' }))
  const dialog = await screen.findByRole('dialog', { name: 'Delete “Store sales”?' })
  await user.click(within(dialog).getByRole('button', { name: 'Delete' }))
  expect(await screen.findByText('“Store sales” was deleted.')).toBeInTheDocument()
  expect(page.address()).toBe('/')
  await user.click(screen.getByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(page.address()).toBe('/datasets/store-sales'))
  expect(done).toEqual(['delete dataset-1', 'restore dataset-1'])
})

it('metadata are set with any JSON value, and a removed entry can be brought back', async () => {
  const { api, state } = setUp()
  const entries = new Map<string, unknown>([['unit', 'JPY']])
  const answer = () => {
    state.dataset = {
      ...state.dataset,
      metadataEntries: [...entries].map(([key, value]) => ({ key, value })),
    }
    return { dataset: state.dataset, errors: [] }
  }
  answer()
  api.roots.mutation = {
    setMetadata: ({ input }: { input: { entries: { key: string; value: unknown }[] } }) => {
      for (const { key, value } of input.entries) entries.set(key, value)
      return answer()
    },
    removeMetadata: ({ input }: { input: { keys: string[] } }) => {
      for (const key of input.keys) entries.delete(key)
      return answer()
    },
  }
  await renderPage(api, '/datasets/store-sales')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Add' }))
  const dialog = await screen.findByRole('dialog', { name: 'Add metadata' })
  await user.type(within(dialog).getByRole('textbox', { name: 'Key' }), 'columns')
  const value = within(dialog).getByRole('textbox', { name: 'Value' })
  await user.type(value, '{{"a": 1')
  expect(value).toBeInvalid()
  expect(within(dialog).getByRole('button', { name: 'Save' })).toBeDisabled()
  await user.type(value, '}')
  expect(value).toHaveAccessibleDescription('Saved as an object.')
  await user.click(within(dialog).getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(entries.get('columns')).toEqual({ a: 1 }))
  await user.click(await screen.findByRole('button', { name: 'Remove unit' }))
  await user.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() => expect([...entries]).toEqual([['columns', { a: 1 }], ['unit', 'JPY']]))
})

it('what somebody may only look at says so at each control', async () => {
  const { api, state } = setUp()
  state.dataset = { ...state.dataset, viewerLevel: 'READ' }
  await renderPage(api, '/datasets/store-sales')
  const why = 'You may look at this dataset. Changing it needs the right to write.'
  expect(await screen.findByText(why)).toBeInTheDocument()
  expect(screen.getByRole('button', { name: 'Choose a file' })).toBeDisabled()
  expect(within(screen.getByRole('note', { name: why })).getByRole('button', { name: 'Add' })).toBeDisabled()
  await userEvent.click(screen.getByRole('tab', { name: 'Settings' }))
  await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), 'x')
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled()
  const managers = 'Only those who manage this dataset may do this.'
  for (const note of screen.getAllByRole('note', { name: managers })) {
    expect(within(note).getByRole('button')).toBeDisabled()
  }
  expect(screen.getAllByRole('note', { name: managers })).toHaveLength(2)
})
