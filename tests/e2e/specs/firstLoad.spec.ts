import { CONTEXT } from '../support/context.ts'
import { expect, signIn, test } from '../support/test.ts'

/** What build/firstLoadLimit.ts in frontend/ holds the list page to. */
const LIMIT_BYTES = 250_000

test('all scripts of the list page together are small, named by their content, and operations go by name', { tag: '@short' }, async ({ browser }) => {
  const before = await browser.newContext(CONTEXT)
  const page = await before.newPage()
  await page.goto('/')
  await signIn(page)
  const cookies = await before.storageState()
  await before.close()

  const context = await browser.newContext({ ...CONTEXT, storageState: cookies })
  const fresh = await context.newPage()
  const network = await context.newCDPSession(fresh)
  await network.send('Network.enable')
  const scripts = new Map<string, string>()
  let bytes = 0
  network.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type === 'Script') scripts.set(requestId, response.url)
  })
  // As Chromium counts it: head and body, as they were sent.
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  const sent: { operationName?: string; query?: string; documentId?: string }[] = []
  fresh.on('request', (request) => {
    if (request.url().endsWith('/graphql') && request.method() === 'POST') sent.push(request.postDataJSON() as (typeof sent)[number])
  })
  await fresh.goto('/')
  await expect(fresh.getByRole('heading', { name: 'Datasets', level: 1 })).toBeVisible()
  await expect(fresh.getByRole('button', { name: /notification/i })).toBeVisible()
  await fresh.waitForLoadState('networkidle')
  expect(scripts.size).toBeGreaterThan(2)
  expect(bytes, [...scripts.values()].join('\n')).toBeLessThanOrEqual(LIMIT_BYTES)
  expect([...scripts.values()].filter((url) => !/\/assets\/[\w.-]+-[\w-]{8}\.js$/.test(url))).toEqual([])
  // The renewal of the session does not go through Apollo: it brings its own text.
  expect(sent.filter(({ query }) => query && !query.includes('refreshSession'))).toEqual([])
  expect(sent.find(({ operationName }) => operationName === 'DatasetList')?.documentId).toMatch(/^sha256:[0-9a-f]{64}$/)
  await context.close()
})
