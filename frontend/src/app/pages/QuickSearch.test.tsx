import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { FakeApi } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { datasetSample, viewer } from '../../testing/samples'

it('the quick search opens by key, goes where Enter says, and gives the focus back on Escape', async () => {
  const api = new FakeApi({ query: { viewer, suggestDatasets: () => [datasetSample()], datasetBySlug: () => null } })
  const page = await renderPage(api, '/nowhere')
  const button = await screen.findByRole('button', { name: 'Go to a dataset or page' })
  button.focus()
  await userEvent.keyboard('/')
  expect(await screen.findByRole('combobox', { name: 'Go to' })).toHaveFocus()
  await userEvent.keyboard('{Escape}')
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
  expect(button).toHaveFocus()

  await userEvent.keyboard('{Control>}k{/Control}')
  await userEvent.type(await screen.findByRole('combobox', { name: 'Go to' }), 'sto')
  expect(await screen.findByRole('option', { name: /^Store sales/, selected: true })).toBeVisible()
  expect(screen.getByRole('option', { name: /^Administration: storage/ })).toBeVisible()
  await userEvent.keyboard('{ArrowUp}')
  expect(screen.getByRole('option', { name: 'Search all datasets for “sto”' })).toHaveAttribute('aria-selected', 'true')
  await userEvent.keyboard('{ArrowDown}{Enter}')
  await waitFor(() => expect(page.address()).toBe('/datasets/store-sales'))
})
