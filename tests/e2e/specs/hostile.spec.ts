import { PAYLOADS } from '../support/payloads.ts'
import { expect, test, uniqueName } from '../support/test.ts'

const TABS = ['', '/data', '/profile', '/schema', '/versions', '/settings']

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

test('a hundred attacks in names, values and descriptions stay text on every page', async ({ page, api }) => {
  expect(new Set(PAYLOADS).size).toBe(100)
  const name = `${uniqueName('Attack')} <img src=x onerror=top.ran=1>`
  const { id, slug } = await api.createDataset({
    name,
    description: PAYLOADS.join('\n\n'),
    tags: ['javascript:top.ran'],
  })
  await api.ask('mutation ($input: SetMetadataInput!) { setMetadata(input: $input) { errors { message } } }', {
    input: { datasetId: id, entries: PAYLOADS.map((value, index) => ({ key: `${index} ${value}`.slice(0, 255), value })) },
  })
  const headers = PAYLOADS.slice(0, 30).map((payload, index) => quoted(`${payload}${index}`))
  const rows = PAYLOADS.map((_payload, row) => headers.map((_header, column) => quoted(PAYLOADS[(row + column) % 100] ?? '')).join(','))
  const first = await api.upload(id, '<img src=x onerror=top.ran=1>.csv', `${headers.join(',')}\n${rows.join('\n')}\n`)
  await api.publish(first)
  await api.upload(id, 'second.csv', `${headers.slice(1).join(',')}\n${rows.map((row) => row.slice(row.indexOf('","') + 2)).join('\n')}\n`)

  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  for (const address of ['/', `/?q=${encodeURIComponent('Attack onerror')}`, ...TABS.map((tab) => `/datasets/${slug}${tab}`)]) {
    await page.goto(address)
    await expect(page.getByText(name).first()).toBeVisible()
    await expect(page.locator('.MuiSkeleton-root')).toHaveCount(0)
    expect(await page.evaluate(() => 'ran' in window), address).toBe(false)
    const hrefs = await page.locator('a[href]').evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol))
    expect(hrefs.filter((protocol) => !['http:', 'https:', 'mailto:'].includes(protocol)), address).toEqual([])
    expect(await page.locator('main :is(script, iframe, object, embed, form[action])').count(), address).toBe(0)
  }
  await page.goto(`/datasets/${slug}/settings`)
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByText('<script>top.ran=1</script>').first()).toBeVisible()
  expect(await page.evaluate(() => 'ran' in window)).toBe(false)
  expect(dialogs).toEqual([])
})

test('long, right-to-left and pictorial names are shown and keep the page in its width', async ({ page, api }) => {
  const names = [`${uniqueName('W')}${'W'.repeat(220)}`, `${uniqueName('مجموعة بيانات المبيعات')}`, `${uniqueName('👩‍👩‍👧‍👦 家族 🇯🇵')}`]
  await page.setViewportSize({ width: 390, height: 800 })
  for (const name of names) {
    const { id, slug } = await api.createDataset({ name, description: 'x'.repeat(10_000) })
    await api.upload(id, 'cells.csv', `name,text\n${quoted(name)},${'語'.repeat(10_000)}\n2,short\n`)
    for (const tab of process.env['DATAKURA_E2E_FULL'] ? TABS : ['', '/data']) {
      await page.goto(`/datasets/${slug}${tab}`)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
      await expect(page.locator('.MuiSkeleton-root')).toHaveCount(0)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, `${name.slice(0, 20)} ${tab}`).toBeLessThanOrEqual(0)
    }
  }
  await page.goto('/')
  for (const name of names) await expect(page.getByRole('link', { name })).toBeVisible()
})
