import { asFile, flights } from '../support/files.ts'
import { expect, test, uniqueName } from '../support/test.ts'

/** Of three parts, the smallest that the system of these tests takes. */
const LARGE = asFile('large.csv', flights(300_000))

test('an upload that loses the network is resumed with what is missing', async ({ page, api, expected }) => {
  expected.complaints = [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket/]
  const { slug } = await api.createDataset({ name: uniqueName('Lost network') })
  await page.goto(`/datasets/${slug}`)
  // The first part is never let through, so that the loss comes in the middle.
  await page.route(/partNumber=1&|partNumber=1$/, (route) => route.abort('internetdisconnected'))
  await page.getByLabel('Choose a file').setInputFiles(LARGE)
  await expect(page.getByText('Interrupted', { exact: false })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('The object storage could not be reached. What has been sent is kept; it goes on by itself.')).toBeVisible()
  await page.unroute(/partNumber=1&|partNumber=1$/)
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'PUT') sent.push(new URL(request.url()).searchParams.get('partNumber') ?? '')
  })
  // It goes on by itself.
  await expect(page.getByText('300,000 rows, 6 columns')).toBeVisible({ timeout: 60_000 })
  expect(sent).toContain('1')
  expect(new Set(sent).size).toBe(sent.length)
})

test('an upload whose page was left goes on when its file is chosen again', async ({ page, api, expected }) => {
  expected.complaints = [/ERR_FAILED|ERR_ABORTED/]
  const { slug } = await api.createDataset({ name: uniqueName('Left page') })
  await page.goto(`/datasets/${slug}`)
  page.on('dialog', (dialog) => void dialog.accept())
  let held = 0
  await page.route(/partNumber=/, () => {
    held += 1
  })
  await page.getByLabel('Choose a file').setInputFiles(LARGE)
  await expect.poll(() => held).toBeGreaterThan(0)
  await page.unroute(/partNumber=/)
  await page.reload()
  await expect(page.getByText('The page was left before it was sent', { exact: false })).toBeVisible()
  await page.locator('input[aria-label="Choose the file again"]').setInputFiles(asFile('large.csv', 'another\nfile\n'))
  await expect(page.getByText('This is not the file whose upload was left.', { exact: false })).toBeVisible()
  await page.locator('input[aria-label="Choose the file again"]').setInputFiles(LARGE)
  await expect(page.getByText('300,000 rows, 6 columns')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByRole('heading', { name: 'Version 1' })).toBeVisible()
})

test('a file that cannot be read says why, in Japanese', async ({ page, api }) => {
  const { id, slug } = await api.createDataset({ name: uniqueName('Unreadable') })
  await api.upload(id, 'report.csv', '%PDF-1.7\n1 0 obj\n')
  await page.addInitScript(() => localStorage.setItem('datakura.language', 'ja'))
  await page.goto(`/datasets/${slug}`)
  await expect(page.getByRole('alert')).toContainText('この形式は読み取れません')
})
