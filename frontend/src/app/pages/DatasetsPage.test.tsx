import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, describe, expect, it } from 'vitest'
import { Channel } from '../../testing/Channel'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, nothingFound, viewer } from '../../testing/samples'

beforeAll(async () => {
  // Loaded when they are first needed; how long that takes is no part of a test.
  await Promise.all([import('./SearchResults'), import('../../features/search/SavedFilters')])
})

const base = { viewer, searchDatasets: nothingFound }

describe('the list of datasets', () => {
  it('shows its shape while it loads, then each dataset with what is known of it', async () => {
    let answer: (page: unknown) => void = () => {}
    const api = new FakeApi({
      query: {
        ...base,
        datasets: () =>
          new Promise((resolve) => {
            answer = resolve
          }),
      },
    })
    await renderPage(api, '/')
    expect(await screen.findAllByTestId('dataset-skeleton')).toHaveLength(6)

    answer(
      connection([
        datasetSample({ status: 'ACTIVE', health: { status: 'FAIL', score: 0.9 }, currentVersion: { id: 'version-1', rowCount: 1200 }, sizeBytes: 45_000, publishedAt: '2026-01-06T00:00:00Z' }),
      ]),
    )
    const link = await screen.findByRole('link', { name: 'Store sales' })
    expect(link).toHaveAttribute('href', '/datasets/store-sales')
    expect(screen.queryByTestId('dataset-skeleton')).not.toBeInTheDocument()
    const row = screen.getByRole('row', { name: /Store sales/ })
    const cells = within(row)
      .getAllByRole('cell')
      .map((cell) => cell.textContent)
    expect(cells.slice(0, 5)).toEqual(['Active', '90%Some rules fail', 'Hana Sato', '1,200', '45 KB'])
    expect(within(row).getByRole('listitem')).toHaveTextContent('sales')
  })

  it('follows what others do, and does not load again for what it shows already', async () => {
    const events = new Channel<unknown>()
    const state = { rows: [datasetSample()] }
    const api = new FakeApi({
      query: { ...base, datasets: () => connection(state.rows) },
      subscription: { datasetStatusChanged: () => events },
    })
    await renderPage(api, '/')
    await screen.findByRole('link', { name: 'Store sales' })
    await waitFor(() => expect(api.sentNames()).toContain('DatasetEvents'))
    const loads = () => api.sentNames().filter((name) => name === 'DatasetList').length
    const before = loads()

    events.push({ datasetStatusChanged: { sequence: '7', occurredAt: '2026-01-05T00:00:00Z', dataset: { id: 'dataset-1' }, version: null } })
    state.rows = [datasetSample({ id: 'dataset-2', name: 'Films', slug: 'films', updatedAt: '2026-01-07T00:00:00Z' }), ...state.rows]
    events.push({ datasetStatusChanged: { sequence: '1', occurredAt: '2026-01-07T00:00:00Z', dataset: { id: 'dataset-2' }, version: null } })
    expect(await screen.findByRole('link', { name: 'Films' }, { timeout: 5000 })).toBeInTheDocument()
    expect(loads()).toBe(before + 1)
  })

  it('is ordered by a column when its name is pressed, turned round the second time, and says so in the address', async () => {
    const api = new FakeApi({ query: { ...base, datasets: () => connection([datasetSample()]) } })
    const page = await renderPage(api, '/')
    const asked = () => api.sent.findLast(({ name }) => name === 'DatasetList')?.variables['orderBy']
    const user = userEvent.setup()
    expect(await screen.findByRole('columnheader', { name: 'Updated' })).toHaveAttribute('aria-sort', 'descending')
    await user.click(screen.getByRole('button', { name: 'Size' }))
    expect(page.address()).toBe('/?sort=-size')
    await waitFor(() => expect(asked()).toEqual({ field: 'SIZE_BYTES', direction: 'DESC' }))
    // The keyboard goes on where it was.
    await waitFor(() => expect(screen.getByRole('button', { name: 'Size' })).toHaveFocus())
    await user.keyboard('{Enter}')
    expect(page.address()).toBe('/?sort=size')
    expect(await screen.findByRole('columnheader', { name: 'Size' })).toHaveAttribute('aria-sort', 'ascending')
    await user.click(screen.getByRole('button', { name: 'Name' }))
    await waitFor(() => expect(asked()).toEqual({ field: 'NAME', direction: 'ASC' }))
  })

  it('is narrowed by health and by the age of the data, in the words of the page', async () => {
    const bucket = (value: string, count: number) => ({ value, label: value, count })
    const stateFacets = [
      { name: 'health', buckets: [bucket('UNCHECKED', 7), bucket('FAIL', 2)] },
      { name: 'freshness', buckets: [bucket('NEVER', 4), bucket('WEEK', 5)] },
    ]
    const api = new FakeApi({
      query: { viewer, searchDatasets: () => ({ ...nothingFound(), stateFacets }), datasets: () => connection([datasetSample()]) },
    })
    const page = await renderPage(api, '/')
    const user = userEvent.setup()
    const health = await screen.findByRole('group', { name: 'Health' })
    expect(within(health).getAllByRole('checkbox').map((box) => box.closest('label')?.textContent)).toEqual(['Failing2', 'Not checked7'])
    await user.click(within(health).getByRole('checkbox', { name: /Failing/ }))
    await user.click(within(screen.getByRole('group', { name: 'Data from' })).getByRole('checkbox', { name: /Last 7 days/ }))
    expect(page.address()).toBe('/?health=FAIL&age=WEEK')
    await waitFor(() =>
      expect(api.sent.findLast(({ name }) => name === 'DatasetList')?.variables['filter']).toEqual({ health: ['FAIL'], freshness: ['WEEK'] }),
    )
  })

  it('invites to create a dataset while there is none', async () => {
    const api = new FakeApi({ query: { ...base, datasets: () => connection([]) } })
    await renderPage(api, '/')
    expect(await screen.findByText('No datasets yet')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Create the first dataset' }))
    expect(await screen.findByRole('dialog', { name: 'New dataset' })).toBeInTheDocument()
  })

  it('tells a filter that matches nothing from a list that is empty', async () => {
    const api = new FakeApi({ query: { ...base, datasets: () => connection([]) } })
    await renderPage(api, '/?status=ARCHIVED&tag=sales')
    expect(await screen.findByText('No dataset matches these filters')).toBeInTheDocument()
    expect(api.sent.find(({ name }) => name === 'DatasetList')?.variables).toEqual({
      first: 20,
      filter: { status: ['ARCHIVED'], tags: ['sales'] },
      orderBy: { field: 'UPDATED_AT', direction: 'DESC' },
    })
  })

  it('says what went wrong, and shows the list when trying again succeeds', async () => {
    let attempts = 0
    const api = new FakeApi({
      query: {
        ...base,
        datasets: () => {
          attempts += 1
          if (attempts === 1) throw new Error('The database is away.')
          return connection([datasetSample()])
        },
      },
    })
    await renderPage(api, '/')
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('The datasets could not be loaded')
    expect(alert).toHaveTextContent('The database is away.')
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('link', { name: 'Store sales' })).toBeInTheDocument()
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })

  it('remembers filters by name, and goes back to them', async () => {
    const api = new FakeApi({ query: { ...base, datasets: () => connection([datasetSample()]) } })
    const page = await renderPage(api, '/?status=ACTIVE')
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'Save this filter' }))
    await user.type(await screen.findByRole('textbox', { name: 'Name of the filter' }), 'In use{Enter}')
    const saved = await screen.findByRole('link', { name: 'In use' })
    expect(saved).toHaveAttribute('href', '/?status=ACTIVE')
    expect(screen.queryByRole('button', { name: 'Save this filter' })).not.toBeInTheDocument()
    await user.click(saved)
    expect(page.address()).toBe('/?status=ACTIVE')
    saved.focus()
    await user.keyboard('{Delete}')
    expect(screen.queryByRole('link', { name: 'In use' })).not.toBeInTheDocument()
    expect(localStorage.getItem('datakura.savedFilters')).toBe('[]')
  })

  it('adds the next page below the first', async () => {
    const pages: Record<string, unknown> = {
      first: connection([datasetSample()], {
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: 'cursor-0' },
      }),
      'cursor-0': {
        ...connection([datasetSample({ id: 'dataset-2', name: 'Weather', slug: 'weather' })]),
        edges: [
          { cursor: 'cursor-1', node: datasetSample({ id: 'dataset-2', name: 'Weather', slug: 'weather' }) },
        ],
      },
    }
    const api = new FakeApi({
      query: { ...base, datasets: ({ after }: { after?: string }) => pages[after ?? 'first'] },
    })
    await renderPage(api, '/')
    await userEvent.click(await screen.findByRole('button', { name: 'Show more' }))
    expect(await screen.findByRole('link', { name: 'Weather' })).toBeInTheDocument()
    expect(screen.getByRole('link', { name: 'Store sales' })).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument()
  })
})

describe('creating a dataset', () => {
  async function fillIn(name: string) {
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'New dataset' }))
    await user.type(await screen.findByRole('textbox', { name: /^Name/ }), name)
    await user.click(screen.getByRole('button', { name: 'Create' }))
  }

  it('sends what was typed and opens the new dataset', async () => {
    const api = new FakeApi({
      query: { ...base, datasets: () => connection([]), datasetBySlug: () => datasetSample() },
      mutation: { createDataset: () => ({ dataset: datasetSample(), errors: [] }) },
      subscription: { datasetStatusChanged: async function* () {} },
    })
    const page = await renderPage(api, '/')
    await fillIn(' Store sales ')
    await waitFor(() => expect(page.address()).toBe('/datasets/store-sales'))
    expect(api.sent.find(({ name }) => name === 'CreateDataset')?.variables).toEqual({
      input: {
        name: 'Store sales',
        description: '',
        visibility: 'ORGANIZATION',
        tags: [],
        autoPublish: false,
      },
    })
  })

  it('shows an error beside the field that it is about, and stays open', async () => {
    const api = new FakeApi({
      query: { ...base, datasets: () => connection([]) },
      mutation: {
        createDataset: () => ({
          dataset: null,
          errors: [
            { code: 'CONFLICT', message: 'This name is taken. Choose another.', path: ['input', 'name'] },
          ],
        }),
      },
    })
    const page = await renderPage(api, '/')
    await fillIn('Store sales')
    const name = await screen.findByRole('textbox', { name: /^Name/ })
    await waitFor(() => expect(name).toHaveAccessibleDescription('This name is taken. Choose another.'))
    expect(name).toBeInvalid()
    expect(page.address()).toBe('/')
  })
})

describe('a search', () => {
  const found = {
    edges: [
      {
        cursor: 'cursor-0',
        score: 1.5,
        highlights: [{ field: 'description', fragment: 'Daily <mark>sales</mark> &lt;by store&gt;' }],
        node: datasetSample(),
      },
    ],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    stateFacets: [],
    facets: [
      { name: 'status', buckets: [{ value: 'DRAFT', label: 'DRAFT', count: 1 }] },
      { name: 'tags', buckets: [{ value: 'sales', label: 'sales', count: 1 }] },
    ],
    totalCount: 1,
    degraded: true,
  }

  it('shows how many were found, where, and that a spare index answered', async () => {
    const api = new FakeApi({ query: { viewer, searchDatasets: () => found } })
    await renderPage(api, '/?q=sales')
    expect(await screen.findByText('1 dataset for “sales”')).toBeInTheDocument()
    expect(screen.getByRole('row', { name: /Store sales/ })).toHaveTextContent('Daily sales <by store>')
    expect(screen.getByRole('alert')).toHaveTextContent('The search index is away')
  })

  it('is narrowed by a facet, in the address and in what is asked', async () => {
    const api = new FakeApi({ query: { viewer, searchDatasets: () => found } })
    const page = await renderPage(api, '/?q=sales')
    await userEvent.click(await screen.findByRole('checkbox', { name: /Draft/ }))
    expect(page.address()).toBe('/?q=sales&status=DRAFT')
    await waitFor(() =>
      expect(api.sent.findLast(({ name }) => name === 'SearchResults')?.variables).toEqual({
        query: 'sales',
        first: 20,
        filter: { status: ['DRAFT'] },
      }),
    )
  })

  it('suggests names, which the arrow keys reach and Enter opens', async () => {
    const api = new FakeApi({
      query: {
        ...base,
        datasets: () => connection([]),
        suggestDatasets: () => [datasetSample(), datasetSample({ id: 'dataset-2', name: 'Stores', slug: 'stores' })],
        datasetBySlug: () => null,
      },
    })
    const page = await renderPage(api, '/')
    const user = userEvent.setup()
    const box = await screen.findByRole('combobox', { name: 'Search datasets' })
    await user.type(box, 'sto')
    expect((await screen.findAllByRole('option')).map((option) => option.textContent)).toEqual([
      'Store sales',
      'Stores',
    ])
    await user.keyboard('{ArrowDown}{ArrowDown}')
    expect(screen.getByRole('option', { name: 'Stores' })).toHaveAttribute('aria-selected', 'true')
    await user.keyboard('{Enter}')
    await waitFor(() => expect(page.address()).toBe('/datasets/stores'))
  })

  it('begins with Enter, and ends with Escape', async () => {
    const api = new FakeApi({
      query: { ...base, datasets: () => connection([]), suggestDatasets: () => [] },
    })
    const page = await renderPage(api, '/')
    const user = userEvent.setup()
    await user.type(await screen.findByRole('combobox'), 'penguins{Enter}')
    await waitFor(() => expect(page.address()).toBe('/?q=penguins'))
    await user.type(await screen.findByRole('combobox'), '{Escape}')
    await waitFor(() => expect(page.address()).toBe('/'))
  })
})
