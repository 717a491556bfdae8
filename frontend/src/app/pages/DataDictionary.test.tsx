import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeAll, expect, it } from 'vitest'
import { Channel } from '../../testing/Channel'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, versionSample, viewer } from '../../testing/samples'

const column = (fieldPath: string, ordinalPosition: number, changes: object = {}) => ({
  fieldPath,
  ordinalPosition,
  logicalType: 'STRING',
  nativeType: 'VARCHAR',
  nullable: false,
  description: null,
  tags: [],
  sensitive: false,
  semanticType: null,
  originalName: null,
  ...changes,
})

function setUp(viewerLevel: string) {
  const version = versionSample({ schemaFields: [column('mail', 1), column('town', 2, { description: 'Where they live', sensitive: true })] })
  return new FakeApi({
    query: {
      viewer,
      datasetBySlug: () => datasetSample({ viewerLevel, versions: () => connection([version]) }),
      datasetVersion: () => version,
    },
    mutation: {
      updateSchemaField: ({ input }: { input: { description?: string } }) =>
        input.description === 'refused'
          ? { schemaField: null, errors: [{ code: 'INVALID_INPUT', message: 'Not this.', path: ['input', 'description'] }] }
          : { schemaField: column('mail', 1, { description: 'Address', semanticType: 'email', tags: ['pii'], sensitive: true }), errors: [] },
    },
    subscription: { datasetStatusChanged: () => new Channel() },
  })
}

beforeAll(async () => {
  await import('../../features/datasets/FieldDialog')
})

it('a column is described where it is read; what is refused is said at its field, and what was typed stays', async () => {
  const api = setUp('WRITE')
  await renderPage(api, '/datasets/store-sales/schema')
  const user = userEvent.setup()
  await user.click(await screen.findByRole('button', { name: 'Describe' }))
  const dialog = await screen.findByRole('dialog', { name: 'Column mail' })
  const description = within(dialog).getByRole('textbox', { name: 'Description' })
  await user.type(description, 'refused')
  await user.click(within(dialog).getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(description).toHaveAccessibleDescription('Not this.'))
  expect(description).toHaveValue('refused')
  await user.clear(description)
  await user.type(description, 'Address')
  await user.type(within(dialog).getByRole('combobox', { name: 'Kind' }), 'email')
  await user.type(within(dialog).getByRole('combobox', { name: 'Tags' }), 'pii{Enter}')
  await user.click(within(dialog).getByRole('switch', { name: 'Sensitive' }))
  await user.click(within(dialog).getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(dialog).not.toBeInTheDocument())
  expect(api.sent.findLast(({ name }) => name === 'UpdateSchemaField')?.variables).toEqual({
    input: { versionId: 'version-1', fieldPath: 'mail', description: 'Address', semanticType: 'email', tags: ['pii'], sensitive: true },
  })
  const row = screen.getAllByRole('row')[1]
  expect(row).toHaveTextContent('1mailTextAddressemailpii')
  expect(window.sessionStorage).toHaveLength(0)
})

it('columns are found by what is said about them; only those who manage show a sensitive one again', async () => {
  const api = setUp('WRITE')
  const page = await renderPage(api, '/datasets/store-sales/schema')
  const user = userEvent.setup()
  await user.type(await screen.findByRole('searchbox', { name: 'Find a column' }), 'LIVE')
  expect(page.address()).toBe('/datasets/store-sales/schema?column=LIVE')
  expect(screen.queryByText('mail')).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Where they live' }))
  expect(await screen.findByRole('switch', { name: 'Sensitive' })).toBeDisabled()
})

it('a reader only reads', async () => {
  await renderPage(setUp('READ'), '/datasets/store-sales/schema')
  expect(await screen.findByText('Where they live')).toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Describe' })).not.toBeInTheDocument()
})
