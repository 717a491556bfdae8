import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { Channel } from '../../testing/Channel'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, versionSample, viewer } from '../../testing/samples'

interface StatusEvent {
  datasetStatusChanged: Record<string, unknown>
}

function statusEvent(sequence: number, version: Record<string, unknown>, status = 'DRAFT'): StatusEvent {
  return {
    datasetStatusChanged: {
      sequence,
      occurredAt: '2026-01-06T00:00:00Z',
      dataset: datasetSample({ status }),
      version: versionSample(version),
    },
  }
}

/** A page of one dataset whose present state the test can change, and whose events it sends. */
function setUp(versions: Record<string, unknown>[], currentNumber: number | null = null) {
  const state = { versions: versions.map((version) => versionSample(version)) }
  const events = new Channel<StatusEvent>()
  const api = new FakeApi({
    query: {
      viewer,
      datasetBySlug: () => 
        datasetSample({
          currentVersion: currentNumber && versionSample({ id: `version-${currentNumber}`, number: currentNumber }),
          versions: () => connection(state.versions),
        }),
    },
    subscription: { datasetStatusChanged: () => events },
  })
  return { api, events, state }
}

describe('the live status', () => {
  it('goes from queued through its stages to ready, and then shows what the server has found', async () => {
    const queued = { status: 'QUEUED', progress: 0, rowCount: null, columnCount: null }
    const { api, events, state } = setUp([queued])
    await renderPage(api, '/datasets/store-sales')
    expect(await screen.findByText('Waiting for a worker')).toBeInTheDocument()

    events.push(statusEvent(4, queued))
    events.push(statusEvent(5, { ...queued, status: 'PROCESSING', stage: 'PROFILING', progress: 0.6 }))
    expect(await screen.findByText('Profiling the columns')).toBeInTheDocument()
    expect(screen.getByRole('progressbar', { name: 'Progress of the inspection' })).toHaveAttribute(
      'aria-valuenow',
      '60',
    )
    expect(screen.queryByRole('button', { name: 'Publish' })).not.toBeInTheDocument()

    state.versions = [versionSample({ rowCount: 12345, columnCount: 6 })]
    events.push(statusEvent(6, {}))
    expect(await screen.findByText(/12,345 rows, 6 columns/)).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Publish' })).toBeInTheDocument()
    expect(api.sentNames().filter((name) => name === 'DatasetPage')).toHaveLength(2)
  })

  it('shows why a file failed: message, line, hint and the rows that could not be read', async () => {
    const { api } = setUp([
      {
        status: 'FAILED',
        rowCount: null,
        columnCount: null,
        error: {
          code: 'TOO_MANY_BAD_ROWS',
          message: '19 of 39 records cannot be read.',
          hint: 'Look at the delimiter.',
          line: 5,
        },
        rejectedRowCount: 19,
        rejectedRows: [{ line: 5, reason: 'it has 1 cell', fieldPath: null, text: '<b>x</b>' }],
      },
    ])
    await renderPage(api, '/datasets/store-sales')
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('19 of 39 records cannot be read.')
    expect(alert).toHaveTextContent('Line 5')
    expect(alert).toHaveTextContent('Look at the delimiter.')
    await userEvent.click(screen.getByRole('button', { name: '19 rows could not be read' }))
    expect(screen.getByRole('cell', { name: '<b>x</b>' })).toBeInTheDocument()
  })

  it('loads the page again for a version that it does not know, and after a lost event', async () => {
    const { api, events, state } = setUp([{}])
    await renderPage(api, '/datasets/store-sales')
    await screen.findByRole('heading', { name: 'Version 1' })
    events.push(statusEvent(4, {}))
    state.versions = [versionSample({ id: 'version-2', number: 2, status: 'QUEUED' }), ...state.versions]
    events.push(statusEvent(5, { id: 'version-2', number: 2, status: 'QUEUED' }))
    expect(await screen.findByRole('heading', { name: 'Version 2' })).toBeInTheDocument()

    const loads = () => api.sentNames().filter((name) => name === 'DatasetPage').length
    const before = loads()
    events.push(statusEvent(8, { id: 'version-2', number: 2, status: 'QUEUED' }))
    await waitFor(() => expect(loads()).toBe(before + 1))
  })
})

/** What the comparison asks of a version: the newest one has 4 gaps, one more rule, and a longer file. */
function comparedSample(id: string) {
  const newest = id === 'version-3'
  const result = (rule: string, name: string, status: string, value: number, failedRowCount: number | null) => ({
    id: `${rule}-${id}`,
    name,
    status,
    metricName: 'row_count',
    value,
    failedRowCount,
    rule: { id: rule },
  })
  const results = [result('rule-1', 'No gaps', newest ? 'FAIL' : 'PASS', newest ? 4 : 0, newest ? 4 : 0), result('rule-2', 'One key', 'PASS', 0, 0)]
  if (newest) results.push(result('rule-3', 'Enough rows', 'PASS', 1500, null))
  const summary = { passed: 2, warned: 0, failed: newest ? 1 : 0, errored: 0, skipped: 0 }
  return {
    id,
    number: newest ? 3 : 2,
    latestQualityRun: { id: `run-${id}`, status: newest ? 'FAILED' : 'PASSED', summary, results },
    files: [
      { id: `file-1-${id}`, role: 'ORIGINAL', name: 'sales.csv', sizeBytes: newest ? 1500 : 1000, sha256: (newest ? 'b' : 'a').repeat(64) },
      { id: `file-2-${id}`, role: 'TABLE', name: 'sales.parquet', sizeBytes: 900, sha256: 'c'.repeat(64) },
    ],
  }
}

describe('publishing', () => {
  it('names what would break for readers of the current version, and asks', async () => {
    const { api } = setUp([{ id: 'version-2', number: 2, isCurrent: false }, { isCurrent: true }], 1)
    const change = { fieldPath: 'price', before: null, after: null }
    api.roots.query = {
      ...api.roots.query,
      compareVersions: () => ({
        schemaChanges: [
          { ...change, change: 'REMOVED', breaking: true },
          { ...change, fieldPath: 'note', change: 'ADDED', breaking: false },
        ],
      }),
    }
    api.roots.mutation = { publishVersion: () => ({ version: null, violations: [], errors: [] }) }
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Publish' }))
    const dialog = await screen.findByRole('dialog', { name: 'This would break what reads the current version' })
    expect(within(dialog).getAllByRole('listitem').map((item) => item.textContent)).toEqual(['price: Removed'])
    expect(api.sent.find(({ name }) => name === 'WhatBreaks')?.variables).toEqual({ base: 'version-1', head: 'version-2' })
    expect(api.sentNames()).not.toContain('PublishVersion')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Publish' }))
    await waitFor(() => expect(api.sentNames()).toContain('PublishVersion'))
  })

  it('makes the version current, and says so', async () => {
    const { api, state } = setUp([{}])
    api.roots.mutation = {
      publishVersion: () => {
        state.versions = [versionSample({ isCurrent: true, publishedAt: '2026-01-07T00:00:00Z' })]
        const version = { ...state.versions[0], dataset: datasetSample({ status: 'ACTIVE' }) }
        return { version, violations: [], errors: [] }
      },
    }
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Publish' }))
    expect(await screen.findByText(/This is the current version/)).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Publish' })).not.toBeInTheDocument()
    expect(api.sent.find(({ name }) => name === 'PublishVersion')?.variables).toEqual({
      input: { versionId: 'version-1', overrideReason: null },
    })
  })

  it('offers only an older version as a rollback, a newer one to be published, even once more', async () => {
    const { api } = setUp(
      [
        { id: 'version-3', number: 3, publishedAt: '2026-01-07T00:00:00Z' },
        { id: 'version-2', number: 2, isCurrent: true, publishedAt: '2026-01-08T00:00:00Z' },
        { publishedAt: null },
      ],
      2,
    )
    api.roots.query = {
      ...api.roots.query,
      compareVersions: () => ({
        compatibility: 'EXACT_MATCH',
        rowCountChange: 300,
        schemaChanges: [],
        profileChanges: [{ fieldPath: 'amount', statistic: 'mean', before: 1.23456789, after: null, relativeChange: null }],
      }),
      datasetVersion: ({ id }: { id: string }) => comparedSample(id),
    }
    await renderPage(api, '/datasets/store-sales/versions')
    const rows = (await screen.findAllByRole('listitem')).filter(({ parentElement }) => parentElement?.tagName === 'OL')
    const offers = rows.map((row) => within(row).queryAllByRole('button').map(({ textContent }) => textContent))
    expect(offers.slice(-3)).toEqual([['Publish'], [], ['Roll back to this']])
    expect(await screen.findByText('Same columns. Rows: +300.')).toBeInTheDocument()
    expect(screen.getByRole('row', { name: 'amount Mean 1.23457 – –' })).toBeInTheDocument()
    // What both found the same is counted, what they did not is listed; so are the files.
    expect(screen.getByRole('row', { name: 'No gaps Pass 0 Fail 4' })).toBeInTheDocument()
    expect(screen.getByRole('row', { name: 'Enough rows Not checked by it Pass 1500' })).toBeInTheDocument()
    expect(screen.getByText('One rule found the same on both.')).toBeInTheDocument()
    expect(screen.getByText('one failed · 2 passed')).toBeInTheDocument()
    expect(screen.getByRole('row', { name: 'As uploaded sales.csv 1 KB · aaaaaaaa sales.csv 1.5 KB · bbbbbbbb Changed +50%' })).toBeInTheDocument()
    expect(screen.getByRole('row', { name: /^Table, Parquet .* Same bytes$/ })).toBeInTheDocument()
  })

  it('that rules refuse names them, and needs a reason to go on', async () => {
    const { api } = setUp([{}])
    const violation = {
      rule: { id: 'rule-1', name: 'No missing amounts', dataset: { id: 'dataset-1', slug: 'store-sales' } },
      status: 'FAIL',
      message: '12 values are missing.',
    }
    api.roots.mutation = {
      publishVersion: () => ({ version: null, violations: [violation], errors: [] }),
    }
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Publish' }))
    const dialog = await screen.findByRole('dialog', { name: 'Some rules do not allow this version' })
    expect(dialog).toHaveTextContent('FailNo missing amounts')
    expect(within(dialog).getByRole('link', { name: 'No missing amounts' })).toHaveAttribute(
      'href',
      '/datasets/store-sales/quality?rule=rule-1',
    )
    expect(dialog).toHaveTextContent('12 values are missing.')
    const override = within(dialog).getByRole('button', { name: 'Publish anyway' })
    expect(override).toBeDisabled()
    await userEvent.type(within(dialog).getByRole('textbox'), 'Agreed with sales')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Publish anyway' }))
    await waitFor(() =>
      expect(api.sent.findLast(({ name }) => name === 'PublishVersion')?.variables).toEqual({
        input: { versionId: 'version-1', overrideReason: 'Agreed with sales' },
      }),
    )
  })

  it('in spite of rules waits for a proof of who asks, and keeps the reason', async () => {
    const { api, state } = setUp([{}])
    const rule = { id: 'rule-1', name: 'No missing amounts', dataset: { id: 'dataset-1', slug: 'store-sales' } }
    let proved = false
    api.roots.mutation = {
      stepUp: () => {
        proved = true
        return { errors: [] }
      },
      publishVersion: ({ input }: { input: { overrideReason: string | null } }) => {
        if (input.overrideReason === null) {
          return { version: null, violations: [{ rule, status: 'SKIPPED', message: 'It has not run.' }], errors: [] }
        }
        if (!proved) return { version: null, violations: [], errors: [{ code: 'STEP_UP_REQUIRED', message: 'Sign in again.' }] }
        state.versions = [versionSample({ isCurrent: true })]
        return { version: { ...state.versions[0], dataset: datasetSample({ status: 'ACTIVE' }) }, violations: [], errors: [] }
      },
    }
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Publish' }))
    const refused = await screen.findByRole('dialog', { name: 'Some rules do not allow this version' })
    expect(refused).toHaveTextContent('It has not run on this version as it is now.')
    await userEvent.type(within(refused).getByRole('textbox'), 'Agreed with sales')
    await userEvent.click(within(refused).getByRole('button', { name: 'Publish anyway' }))
    const proof = await screen.findByRole('dialog', { name: 'Is it you?' })
    await userEvent.type(within(proof).getByLabelText(/^Password/), 'correct horse')
    await userEvent.click(within(proof).getByRole('button', { name: 'Confirm' }))
    expect(await screen.findByText(/This is the current version/)).toBeInTheDocument()
    const sent = api.sent.filter(({ name }) => name === 'PublishVersion').map(({ variables }) => variables['input'])
    expect(sent).toEqual([
      { versionId: 'version-1', overrideReason: null },
      { versionId: 'version-1', overrideReason: 'Agreed with sales' },
      { versionId: 'version-1', overrideReason: 'Agreed with sales' },
    ])
  })
})

describe('the rows of a version', () => {
  const LONG = 'x'.repeat(1000)

  function rowsApi() {
    const { api } = setUp([{ isCurrent: true }])
    const asked: unknown[] = []
    const rows = (args: { first: number; startRow: number | null; orderBy: object | null; filter: { eq?: unknown } | null }) => {
      if (args.startRow === null) {
        const totalCount = args.filter?.eq === 'nobody' ? 0 : args.filter ? 200_000 : 1203
        return { totalCount, reachableCount: Math.min(totalCount, 100_000), columns: [] }
      }
      return page({ ...args, startRow: args.startRow })
    }
    const page = (args: { first: number; startRow: number }) => {
      asked.push(args)
      const present = Math.min(args.first, 1203 - args.startRow + 1)
      const beginning = [
        ['', 1234.5],
        [null, null],
        [LONG, 3],
      ]
      return {
        columns: [],
        rows: Array.from({ length: present }, (_, index) =>
          args.startRow === 1 && beginning[index] ? beginning[index] : [`name ${args.startRow + index}`, index],
        ),
        firstRowNumber: args.startRow,
        rowNumbers: Array.from({ length: present }, (_, index) => args.startRow + index),
        cutCells: args.startRow === 1 ? [{ row: 2, column: 0, length: 5000 }] : [],
        totalCount: 1203,
        pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: 'c' },
      }
    }
    api.roots.query = {
      ...api.roots.query,
      datasetVersion: () =>
        versionSample({
          rowCount: 1203,
          schemaFields: [
            { fieldPath: 'name', logicalType: 'STRING', sensitive: false },
            { fieldPath: 'amount', logicalType: 'NUMBER', sensitive: true },
          ],
          rows,
        }),
    }
    return { api, asked }
  }

  it('tell null from empty text, and mark what was cut', async () => {
    const { api } = rowsApi()
    await renderPage(api, '/datasets/store-sales/data')
    const grid = await screen.findByRole('grid', { name: 'Rows' })
    expect(await within(grid).findByRole('gridcell', { name: '1234.5' })).toBeInTheDocument()
    const [head, first, second, third] = within(grid).getAllByRole('row')
    expect(head).toHaveTextContent(/^#nameamount$/)
    expect(first).toHaveTextContent(/^11234\.5$/)
    expect(second).toHaveTextContent(/^2nullnull$/)
    expect(third).toHaveTextContent('+4,000 characters')
    expect(grid).toHaveAttribute('aria-rowcount', '1204')
  })

  it('are moved through with keys; Enter opens a cell, which can be copied', async () => {
    const { api } = rowsApi()
    await renderPage(api, '/datasets/store-sales/data')
    const user = userEvent.setup()
    const grid = await screen.findByRole('grid', { name: 'Rows' })
    await user.click(await within(grid).findByRole('gridcell', { name: '1234.5' }))
    grid.focus()
    await user.keyboard('{ArrowLeft}{ArrowDown}{ArrowDown}{Enter}')
    const dialog = await screen.findByRole('dialog', { name: 'name, row 3' })
    expect(dialog).toHaveTextContent(`${LONG}… +4,000 characters`)
    await user.click(within(dialog).getByRole('button', { name: 'Copy' }))
    expect(await navigator.clipboard.readText()).toBe(LONG)
    await user.click(within(dialog).getByRole('button', { name: 'Close' }))
    grid.focus()
    await user.keyboard('{Control>}{End}{/Control}')
    expect(await screen.findByRole('gridcell', { name: 'name 1203' })).toBeInTheDocument()
  })

  it('are reached by number, page by page and at the end, with the row in the address', async () => {
    const { api, asked } = rowsApi()
    const page = await renderPage(api, '/datasets/store-sales/data?row=401')
    expect(await screen.findByText('401–416 of 1,203 rows')).toBeInTheDocument()
    expect(await screen.findByRole('gridcell', { name: 'name 401' })).toBeInTheDocument()
    const user = userEvent.setup()
    await user.click(screen.getByRole('button', { name: 'Next' }))
    await waitFor(() => expect(page.address()).toBe('/datasets/store-sales/data?row=417'))
    await user.click(screen.getByRole('button', { name: 'Last' }))
    expect(await screen.findByRole('gridcell', { name: 'name 1203' })).toBeInTheDocument()
    await user.type(screen.getByRole('textbox', { name: 'Go to row' }), '77{Enter}')
    await waitFor(() => expect(page.address()).toBe('/datasets/store-sales/data?row=77'))
    await user.click(screen.getByRole('button', { name: 'First' }))
    await waitFor(() => expect(page.address()).toBe('/datasets/store-sales/data'))
    const blocks = [401, 1101, 1201, 1].map((startRow) => ({
      first: 100,
      after: null,
      startRow,
      fieldPaths: ['name', 'amount'],
      orderBy: null,
      filter: null,
    }))
    expect(asked).toEqual(blocks)
  })

  it('are sorted by their headers and narrowed by conditions, which the address keeps', async () => {
    const { api, asked } = rowsApi()
    const page = await renderPage(api, '/datasets/store-sales/data?row=401')
    const user = userEvent.setup()
    await user.click(await screen.findByRole('button', { name: 'amount' }))
    await user.click(await screen.findByRole('button', { name: 'amount' }))
    expect(await screen.findByRole('columnheader', { name: 'amount' })).toHaveAttribute('aria-sort', 'descending')
    expect(page.address()).toBe('/datasets/store-sales/data?sort=-amount')
    await screen.findByRole('gridcell', { name: '1234.5' })
    expect(asked.at(-1)).toMatchObject({ startRow: 1, orderBy: [{ fieldPath: 'amount', direction: 'DESC' }], filter: null })

    await user.click(screen.getByRole('button', { name: 'Filter' }))
    const dialog = await screen.findByRole('dialog', { name: 'Filter rows' })
    await user.type(within(dialog).getByRole('combobox', { name: 'Column' }), 'amo{Enter}')
    await user.type(within(dialog).getByRole('textbox', { name: 'Value' }), 'much')
    await user.click(within(dialog).getByRole('button', { name: 'Filter' }))
    expect(within(dialog).getByRole('textbox', { name: 'Value' })).toBeInvalid()
    await user.clear(within(dialog).getByRole('textbox', { name: 'Value' }))
    await user.type(within(dialog).getByRole('textbox', { name: 'Value' }), '2.5{Enter}')
    expect(await screen.findByText(/200,000 rows were found\. The first 100,000/)).toBeInTheDocument()
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ filter: { fieldPath: 'amount', eq: '2.5' } }))
    expect(new URLSearchParams(page.address().split('?')[1]).get('where')).toBe('["amount","eq","2.5"]')

    await user.click(screen.getByRole('button', { name: 'Show all rows' }))
    await waitFor(() => expect(page.address()).toBe('/datasets/store-sales/data'))
  })

  it('that nobody fulfils, or that somebody may not ask for, are said to be so', async () => {
    const { api } = rowsApi()
    const { datasetBySlug } = api.roots.query ?? {}
    api.roots.query = {
      ...api.roots.query,
      datasetBySlug: () => ({ ...(datasetBySlug as () => object)(), viewerLevel: 'READ' }),
    }
    await renderPage(api, `/datasets/store-sales/data?where=${encodeURIComponent('["name","eq","nobody"]')}`)
    expect(await screen.findByText('No row fulfils these conditions')).toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', { name: 'Sort' }))
    const dialog = await screen.findByRole('dialog', { name: 'Sort rows' })
    await userEvent.click(within(dialog).getByRole('combobox', { name: 'Column' }))
    expect(await screen.findByRole('option', { name: /amount · Sensitive/ })).toHaveAttribute('aria-disabled', 'true')
  })

  it('of a version that cannot be read say so, and are there after trying again', async () => {
    const { api } = rowsApi()
    const { datasetVersion } = api.roots.query ?? {}
    let broken = true
    api.roots.query = {
      ...api.roots.query,
      datasetVersion: () => ({
        ...(datasetVersion as () => object)(),
        ...(broken && {
          rows: () => {
            throw new Error('storage is away')
          },
        }),
      }),
    }
    await renderPage(api, '/datasets/store-sales/data')
    expect(await screen.findByText('The rows could not be loaded')).toBeInTheDocument()
    broken = false
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('gridcell', { name: '1234.5' })).toBeInTheDocument()
    expect(screen.queryByText('The rows could not be loaded')).not.toBeInTheDocument()
  })
})

it('a dataset that is not there, or may not be seen, is a page that says so', async () => {
  const api = new FakeApi({ query: { viewer, datasetBySlug: () => null } })
  await renderPage(api, '/datasets/unknown')
  expect(await screen.findByText('There is nothing here')).toBeInTheDocument()
})
