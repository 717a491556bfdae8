import { expectAccessible } from '../support/axe.ts'
import { flights } from '../support/files.ts'
import type { Page } from '@playwright/test'
import { CONTEXT } from '../support/context.ts'
import { expect, test, uniqueName, watch } from '../support/test.ts'

interface Look {
  language: string
  theme: string
  width: number
}

const LOOKS: Look[] = [
  { language: 'en', theme: 'light', width: 1440 },
  { language: 'ja', theme: 'dark', width: 390 },
  { language: 'en', theme: 'dark', width: 390 },
  { language: 'ja', theme: 'light', width: 1440 },
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

/** Each page, in one look, has no violation and does not scroll sideways. */
async function lookAt(page: Page, { language, theme, width }: Look, addresses: readonly string[]): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.setViewportSize({ width, height: 900 })
  await page.addInitScript(
    (chosen) => {
      localStorage.setItem('datakura.language', chosen.language)
      localStorage.setItem('datakura.theme', chosen.theme)
    },
    { language, theme },
  )
  for (const address of addresses) {
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('[aria-busy=true], .MuiSkeleton-root')).toHaveCount(0)
    await expect(page.locator('html')).toHaveAttribute('lang', language)
    await expectAccessible(page, `${address} in ${language}, ${theme}`)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow, `${address} scrolls sideways`).toBeLessThanOrEqual(0)
  }
}

for (const look of LOOKS.slice(0, 2)) {
  test(`signing in and the pages that most people see have no violation in ${look.language}, ${look.theme}`, { tag: '@short' }, async ({
    page,
    browser,
    complaints,
  }) => {
    await lookAt(page, look, ['/', `/datasets/${slug}`, `/datasets/${slug}/data`, '/quality?view=board', '/notifications', '/admin/users'])
    const stranger = await browser.newContext(CONTEXT)
    const theirs = await stranger.newPage()
    watch(theirs, complaints)
    await lookAt(theirs, look, ['/sign-in', '/reset-password'])
    await stranger.close()
  })
}

for (const look of LOOKS) {
  test(`every page in ${look.language}, ${look.theme}, ${look.width} pixels wide has no violation`, async ({ page }) => {
    test.setTimeout(300_000)
    await lookAt(page, look, [
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
    ])
  })
}
