import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { hashBlob } from '../../features/uploads/hashBlob'
import { uploadQueueOf } from '../../features/uploads/useUploadQueue'
import { Channel } from '../../testing/Channel'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, versionSample, viewer } from '../../testing/samples'
import { createStore } from '../store'

const FOUND = {
  format: 'CSV',
  compression: 'NONE',
  encoding: 'cp932',
  delimiter: ';',
  quote: '"',
  escape: '',
  headerRows: 1,
  skippedRows: 2,
  decimalSeparator: '.',
  thousandsSeparator: '',
  nullTokens: ['', 'NA'],
  sheet: null,
}

const FAILED = {
  status: 'FAILED',
  rowCount: null,
  columnCount: null,
  readOptions: FOUND,
  error: { code: 'TOO_MANY_BAD_ROWS', message: '19 of 39 records cannot be read.', hint: null, line: null },
}

const COLUMNS = [
  { fieldPath: 'zip', logicalType: 'INTEGER' },
  { fieldPath: 'day', logicalType: 'DATE' },
]

type Resolver = (args: { input: unknown }) => unknown

function pageOf(versions: Record<string, unknown>[], mutation: Record<string, Resolver>): FakeApi {
  const samples = versions.map((version) => versionSample(version))
  return new FakeApi({
    query: {
      viewer,
      datasetBySlug: () => datasetSample({ versions: () => connection(samples) }),
      datasetVersion: ({ id }: { id: string }) => samples.find((sample) => sample.id === id) ?? null,
    },
    mutation,
    subscription: { datasetStatusChanged: () => new Channel() },
  })
}

const refusal = (message: string, ...path: string[]) => ({
  code: 'INVALID_INPUT',
  message,
  path: ['input', ...path],
})

function sentInputs(api: FakeApi, name: string): unknown[] {
  return api.sent.filter((one) => one.name === name).map(({ variables }) => variables['input'])
}

const choose = (label: string, choice: string) =>
  userEvent.selectOptions(screen.getByRole('combobox', { name: label }), choice)

/** The page of a dataset, whose queue hashes without a worker: this environment has none. */
async function renderUploads(api: FakeApi): Promise<void> {
  const client = api.client()
  const store = createStore()
  uploadQueueOf({ client, dispatch: store.dispatch, digest: hashBlob })
  await renderPage(api, '/datasets/store-sales', { client, store })
}

beforeAll(async () => {
  // The form is loaded when it is first opened; how long that takes is no part of a test.
  await import('../../features/uploads/NewUploadDialog')
})

describe('trying a version again with other options', () => {
  it('begins with what was found, and sends exactly what the form says', async () => {
    const api = pageOf([{ ...FAILED, id: 'version-2', number: 2 }, { schemaFields: COLUMNS }], {
      retryVersion: () => ({ version: versionSample({ id: 'version-2', status: 'QUEUED' }), errors: [] }),
    })
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Try again with other options' }))
    const dialog = await screen.findByRole('dialog', { name: 'How to read the file of version 2' })
    expect(within(dialog).getByRole('combobox', { name: 'Encoding' })).toHaveValue('cp932')
    expect(within(dialog).getByRole('textbox', { name: 'Null tokens, one a line' })).toHaveValue('NA')

    await choose('Delimiter', 'Tab')
    await choose('Quote', 'Nothing is quoted')
    await choose('Header', 'No')
    await choose('Decimal separator', 'Find out')
    await choose('Thousands separator', 'Space')
    await userEvent.type(screen.getByRole('textbox', { name: 'Null tokens, one a line' }), '{Enter}n. a.')
    await userEvent.click(screen.getByRole('checkbox', { name: 'Empty cells are absent too' }))
    await userEvent.click(await screen.findByRole('button', { name: 'Column types' }))
    await choose('zip', 'Text')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Try again' }))

    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
    expect(sentInputs(api, 'RetryVersion')).toEqual([
      {
        versionId: 'version-2',
        options: {
          format: 'CSV',
          encoding: 'cp932',
          delimiter: '\t',
          quote: '',
          escape: '',
          headerRows: 0,
          skippedRows: 2,
          thousandsSeparator: ' ',
          nullTokens: ['NA', 'n. a.'],
          types: { zip: 'STRING' },
        },
      },
    ])
  })

  it('shows each refusal at its field, takes the keyboard there, and keeps what was typed', async () => {
    const api = pageOf([FAILED], {
      retryVersion: () => ({
        version: null,
        errors: [refusal('Give exactly one character.', 'options', 'delimiter')],
      }),
    })
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Try again with other options' }))
    const dialog = await screen.findByRole('dialog')
    await choose('Delimiter', 'Another…')
    await userEvent.type(screen.getByRole('textbox', { name: 'Delimiter: character' }), '||')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Try again' }))

    const delimiter = screen.getByRole('textbox', { name: 'Delimiter: character' })
    await waitFor(() => expect(delimiter).toHaveAccessibleDescription('Give exactly one character.'))
    expect(delimiter).toBeInvalid()
    expect(delimiter).toHaveFocus()
    expect(delimiter).toHaveValue('||')
    expect(within(dialog).queryByRole('alert')).not.toBeInTheDocument()
  })

  it('sends nothing while the lines to skip are no number', async () => {
    const api = pageOf([FAILED], {})
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Try again with other options' }))
    const dialog = await screen.findByRole('dialog')
    const skip = within(dialog).getByRole('textbox', { name: 'Lines to skip above the header' })
    await userEvent.type(skip, 'x')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Try again' }))
    expect(skip).toHaveAccessibleDescription('Give a whole number, or leave it empty.')
    expect(sentInputs(api, 'RetryVersion')).toEqual([])
  })

  it('sends only what means something for the format', async () => {
    const api = pageOf([FAILED], {
      retryVersion: () => ({ version: versionSample({ status: 'QUEUED' }), errors: [] }),
    })
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Try again with other options' }))
    const dialog = await screen.findByRole('dialog')
    expect(within(dialog).queryByRole('textbox', { name: 'Sheet' })).not.toBeInTheDocument()
    await choose('Format', 'Excel (XLSX)')
    await userEvent.type(within(dialog).getByRole('textbox', { name: 'Sheet' }), '売上')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
    expect(sentInputs(api, 'RetryVersion')).toEqual([
      { versionId: 'version-1', options: { format: 'XLSX', headerRows: 1, skippedRows: 2, sheet: '売上' } },
    ])
  })
})

describe('uploading with options', () => {
  const CONTENT = 'a,b\n1,2\n'
  const FILE = new File([CONTENT], 'sales.csv')
  const FILE_INPUT = {
    datasetId: 'dataset-1',
    fileName: 'sales.csv',
    sizeBytes: 8,
    sha256: createHash('sha256').update(CONTENT).digest('hex'),
  }
  const refused = (...errors: unknown[]) => () => ({ upload: null, version: null, errors })

  it('sends label, comment and options with the file, and shows refusals at their fields', async () => {
    const errors = [
      refusal('At most 100 characters.', 'label'),
      refusal('0 to 1,000,000.', 'options', 'skippedRows'),
    ]
    const api = pageOf([], { startUpload: refused(...errors) })
    const previews: unknown[] = []
    api.roots.query = {
      ...api.roots.query,
      previewFile: ({ input }: { input: { options: { types?: { a?: string } } } }) => {
        previews.push(input)
        return {
          readOptions: { ...FOUND, delimiter: ',' },
          columns: [{ name: 'a', type: input.options.types?.a ?? 'INTEGER' }, { name: 'b', type: 'INTEGER' }],
          rows: [[input.options.types?.a ? '1' : 1, null]],
          rejectedRowCount: 1,
          rejectedRows: [{ line: 3, reason: 'it has 1 cell', fieldPath: null, text: 'x' }],
          warnings: ['A note.'],
          error: null,
        }
      },
    }
    await renderUploads(api)
    await userEvent.click(await screen.findByRole('button', { name: 'Preview and options' }))
    const dialog = await screen.findByRole('dialog', { name: 'Upload with preview and options' })
    await userEvent.type(within(dialog).getByRole('textbox', { name: 'Label of the version' }), 'January')
    await userEvent.type(within(dialog).getByRole('textbox', { name: 'What changed' }), 'Corrected')
    await userEvent.type(within(dialog).getByRole('textbox', { name: /Lines to skip/ }), '2000000')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Choose a file' }))
    await userEvent.upload(screen.getByLabelText('File to preview'), FILE)
    const preview = await within(dialog).findByRole('region', { name: 'First rows' })
    expect(within(preview).getByRole('row', { name: '1 null' })).toBeInTheDocument()
    expect(within(dialog).getByText('1 row could not be read')).toHaveTextContent('Line 3: it has 1 cell')
    await userEvent.selectOptions(within(preview).getByRole('combobox', { name: 'Type of a' }), 'Text')
    await waitFor(() => expect(previews.at(-1)).toMatchObject({ options: { skippedRows: 2000000, types: { a: 'STRING' } } }))
    expect(previews[0]).toMatchObject({ head: btoa(CONTENT), isWhole: true, fileName: 'sales.csv', options: { skippedRows: 2000000 } })
    await userEvent.selectOptions(within(preview).getByRole('combobox', { name: 'Type of a' }), 'Find it out')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Upload' }))

    await userEvent.click(await screen.findByRole('button', { name: 'Change the options' }))
    const again = await screen.findByRole('dialog', { name: 'Options of sales.csv' })
    expect(within(again).getByRole('textbox', { name: 'Label of the version' })).toHaveAccessibleDescription(
      'At most 100 characters.',
    )
    const skip = within(again).getByRole('textbox', { name: /Lines to skip/ })
    expect(skip).toHaveAccessibleDescription('0 to 1,000,000.')
    await userEvent.clear(skip)
    await userEvent.click(within(again).getByRole('button', { name: 'Upload' }))

    await waitFor(() => expect(sentInputs(api, 'StartUpload')).toHaveLength(2))
    expect(sentInputs(api, 'StartUpload')).toEqual([
      { ...FILE_INPUT, label: 'January', comment: 'Corrected', options: { skippedRows: 2000000 } },
      { ...FILE_INPUT, label: 'January', comment: 'Corrected' },
    ])
  })

  it('begins with how a READY version was read, and has its stored file read as another version', async () => {
    const api = pageOf([{ readOptions: FOUND, schemaFields: COLUMNS }], {
      rereadVersion: ({ input }) =>
        (input as { options: { skippedRows: number } }).options.skippedRows === 9
          ? { version: null, errors: [refusal('Too many.', 'options', 'skippedRows')] }
          : { version: versionSample({ id: 'version-2', number: 2, status: 'QUEUED' }), errors: [] },
    })
    await renderPage(api, '/datasets/store-sales')
    await userEvent.click(await screen.findByRole('button', { name: 'Read again' }))
    const dialog = await screen.findByRole('dialog', { name: 'Read the file of version 1 again' })
    await choose('Delimiter', 'Comma ,')
    const skip = within(dialog).getByRole('textbox', { name: /Lines to skip/ })
    await userEvent.clear(skip)
    await userEvent.type(skip, '9')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Read as a new version' }))
    await waitFor(() => expect(skip).toHaveAccessibleDescription('Too many.'))
    await userEvent.clear(skip)
    await userEvent.type(skip, '3')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Read as a new version' }))
    await waitFor(() => expect(dialog).not.toBeInTheDocument())
    const { compression: _packing, sheet: _sheet, ...told } = FOUND
    expect(sentInputs(api, 'RereadVersion').at(-1)).toEqual({
      versionId: 'version-1',
      options: { ...told, delimiter: ',', skippedRows: 3 },
    })
  })

  it('is not offered for a format that says itself how it is read', async () => {
    const readOptions = { format: 'PARQUET', compression: 'NONE' }
    const api = pageOf([{ readOptions, warnings: ['Repeated headers were renamed.'] }], {})
    await renderPage(api, '/datasets/store-sales')
    expect(await screen.findByText('Repeated headers were renamed.')).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Read again' })).not.toBeInTheDocument()
  })
})
