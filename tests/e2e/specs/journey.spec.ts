import { asFile, flights } from '../support/files.ts'
import { ADMIN } from '../support/api.ts'
import { expect, signIn, test, uniqueName } from '../support/test.ts'

test('from a file on disk to two published versions, compared', { tag: '@short' }, async ({ page }) => {
  const stages: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      for (const [, status] of String(payload).matchAll(/"version":\{[^}]*?"status":"(\w+)"/g)) stages.push(status ?? '')
    }),
  )
  const name = uniqueName('Flights of the browser')
  await page.goto('/')
  await page.getByRole('button', { name: 'New dataset' }).click()
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.getByRole('heading', { name, level: 1 })).toBeVisible()

  await page.getByLabel('Choose a file').setInputFiles(asFile('flights.csv', flights(20_000)))
  await expect(page.getByText('20,000 rows, 6 columns')).toBeVisible({ timeout: 45_000 })
  expect(stages).toContain('PROCESSING')
  expect(stages.at(-1)).toBe('READY')
  await page.getByRole('button', { name: 'Publish' }).click()
  await expect(page.getByText('This is the current version.')).toBeVisible()
  await expect(page.getByText('Active', { exact: true })).toBeVisible()

  await page.getByRole('tab', { name: 'Data' }).click()
  await expect(page.getByText(/^1–\d+ of 20,000 rows$/)).toBeVisible()
  await page.getByRole('button', { name: 'Last', exact: true }).click()
  await expect(page.getByText(/^19,9\d\d–20,000 of 20,000 rows$/)).toBeVisible()
  const last = page.getByRole('row').last()
  await expect(last).toHaveAttribute('aria-rowindex', '20001')
  await expect(last.getByRole('gridcell')).toHaveText(['20000', 'UA', 'JFK', '-2', '1800', '2013-05-19T21:20:00'])

  await page.getByRole('tab', { name: 'Overview' }).click()
  await page.getByLabel('Choose a file').setInputFiles(asFile('flights-2.csv', flights(20_500, true)))
  await expect(page.getByText('20,500 rows, 7 columns')).toBeVisible({ timeout: 45_000 })
  await page.getByRole('button', { name: 'Publish' }).click()
  await expect(page.getByText('This is the current version.')).toBeVisible()

  await page.getByRole('tab', { name: 'Versions' }).click()
  await expect(
    page.getByText('Columns were added; what reads the old version can read the new one. Rows: +500.'),
  ).toBeVisible()
  await expect(page.getByRole('row', { name: /^gate Added/ })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Roll back to this' })).toHaveCount(1)
})

test('signing in: a wrong password says so, and after signing out nothing is shown', { tag: '@short' }, async ({ browser, expected }) => {
  expected.complaints = []
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto('/datasets/anything?row=3')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.getByLabel('E-mail').fill(ADMIN.email)
  await page.getByLabel(/^Password/).fill('not the password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText('E-mail or password is wrong.')).toBeVisible()
  await page.goto('/')
  await signIn(page)
  await page.getByRole('button', { name: 'Account' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Datasets' })).toHaveCount(0)
  await context.close()
})
