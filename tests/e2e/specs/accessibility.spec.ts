import { expectAccessible } from '../support/axe.ts'
import { flights } from '../support/files.ts'
import { expect, test, uniqueName } from '../support/test.ts'

const LOOKS = [
  { language: 'en', theme: 'light', width: 1440, full: false },
  { language: 'ja', theme: 'dark', width: 390, full: false },
  { language: 'en', theme: 'dark', width: 390, full: true },
  { language: 'ja', theme: 'light', width: 1440, full: true },
]

const TABS = ['', '/data', '/profile', '/schema', '/versions', '/activity', '/settings']

let slug = ''
let failed = ''

test.beforeAll(async ({ api }) => {
  const dataset = await api.createDataset({
    name: uniqueName('Accessible flights'),
    description: 'Flights that **left** New York. See [the source](https://example.com).\n\n- one\n- two',
    tags: ['flights', '航空'],
  })
  slug = dataset.slug
  await api.publish(await api.upload(dataset.id, 'flights.csv', flights(300)))
  await api.upload(dataset.id, 'flights.csv', `${flights(310, true)}311,UA\n`)
  const broken = await api.createDataset({ name: uniqueName('Broken') })
  failed = broken.slug
  await api.upload(broken.id, 'broken.csv', '%PDF-1.7\n1 0 obj\n')
})

for (const { language, theme, width, full } of LOOKS) {
  test(`every page in ${language}, ${theme}, ${width} pixels wide has no violation${full ? ' @full' : ''}`, async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    await page.addInitScript(
      (chosen) => {
        localStorage.setItem('datakura.language', chosen.language)
        localStorage.setItem('datakura.theme', chosen.theme)
      },
      { language, theme },
    )
    const addresses = [
      '/',
      '/?q=flights',
      '/account',
      ...TABS.map((tab) => `/datasets/${slug}${tab}`),
      `/datasets/${failed}`,
      ...['rules', 'schedules', 'suggestions', 'contract'].map((view) => `/datasets/${slug}/quality?view=${view}`),
      ...['failing', 'board', 'schedules', 'templates'].map((view) => `/quality?view=${view}`),
      '/notifications',
      '/notifications?view=channels',
      '/nothing/here',
      `/datasets/${slug}/nothing`,
      '/admin/nothing',
    ]
    for (const address of addresses) {
      await page.goto(address)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.locator('[aria-busy=true], .MuiSkeleton-root')).toHaveCount(0)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await expectAccessible(page, address)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, `${address} scrolls sideways`).toBeLessThanOrEqual(0)
    }
  })
}
