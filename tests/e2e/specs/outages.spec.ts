import { readFileSync } from 'node:fs'
import { flights } from '../support/files.ts'
import { CONTEXT } from '../support/context.ts'
import { expect, signIn, test, uniqueName } from '../support/test.ts'

const DATA_DIR = process.env['DATAKURA_E2E_DATA_DIR']

/** Kills the api as a crash would; its supervisor starts it again. */
function killApi(): void {
  const record = JSON.parse(readFileSync(`${DATA_DIR}/run/application.json`, 'utf8')) as Record<string, { name: string; pid: number }>
  const api = Object.values(record).find(({ name }) => name === 'api')
  if (!api) throw new Error('the api does not run')
  process.kill(api.pid, 'SIGKILL')
}

test('a server that restarts loses nothing that was typed, and what is live stays so', async ({ page, api, expected }) => {
  test.skip(!DATA_DIR, 'needs a system of its own, whose processes it may kill')
  expected.complaints = [/ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket/]
  const { id, slug } = await api.createDataset({ name: uniqueName('Restart') })
  await page.goto(`/datasets/${slug}/settings`)
  await page.getByRole('textbox', { name: 'Description' }).fill('Typed while it restarts.')
  killApi()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/could not be reached|Saved\./)).toBeVisible()
  await expect(async () => {
    const save = page.getByRole('button', { name: 'Save' })
    if (await save.isEnabled()) await save.click()
    await expect(page.getByText('Saved.')).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
  await page.getByRole('tab', { name: 'Overview' }).click()
  await expect(page.getByText('Typed while it restarts.')).toBeVisible()
  // No reload: the version comes over the WebSocket that was opened again.
  await api.upload(id, 'flights.csv', flights(40))
  await expect(page.getByText('40 rows, 6 columns')).toBeVisible({ timeout: 45_000 })
})

test('a session that ends in the middle of a form gives back what was typed after signing in', async ({ browser, api }) => {
  const { slug } = await api.createDataset({ name: uniqueName('Ended session') })
  const context = await browser.newContext(CONTEXT)
  const page = await context.newPage()
  await page.goto('/')
  await signIn(page)
  await page.goto(`/datasets/${slug}/settings`)
  await page.getByRole('textbox', { name: 'Description' }).fill('Not lost.')
  await context.clearCookies()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.getByLabel('E-mail').fill(process.env['DATAKURA_ADMIN_EMAIL'] ?? '')
  await page.getByLabel(/^Password/).fill(process.env['DATAKURA_ADMIN_PASSWORD'] ?? '')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Description' })).toHaveValue('Not lost.')
  await context.close()
})

test('two tabs that change one dataset: the second chooses', async ({ page, session, api }) => {
  const { slug } = await api.createDataset({ name: uniqueName('Two tabs'), description: 'First.' })
  await page.goto(`/datasets/${slug}/settings`)
  const other = await session.newPage()
  await other.goto(`/datasets/${slug}/settings`)
  for (const [tab, text] of [[page, 'Mine.'], [other, 'Theirs.']] as const) {
    await tab.getByRole('textbox', { name: 'Description' }).fill(text)
  }
  await other.getByRole('switch').click()
  await other.getByRole('button', { name: 'Save' }).click()
  await expect(other.getByText('Saved.')).toBeVisible()
  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Somebody else changed this dataset' })
  await expect(dialog.getByRole('radio')).toHaveCount(2)
  await dialog.getByRole('radio', { name: 'Mine: Mine.' }).check()
  await dialog.getByRole('button', { name: 'Save this' }).click()
  await expect(page.getByText('Saved.')).toBeVisible()
  await expect(page.getByRole('switch')).toBeChecked()
  await other.close()
})
