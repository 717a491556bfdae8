/** Playwright's test with what every test here needs: a signed-in page that must not report any error. */
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { ADMIN, Api } from './api.ts'
import { CONTEXT } from './context.ts'

interface TestFixtures {
  /** What the page complained of: exceptions, console errors, violations of its security policy. */
  complaints: string[]
  /** Complaints that the test brings about on purpose. */
  expected: { complaints: RegExp[] }
  page: Page
}

interface WorkerFixtures {
  api: Api
  /** Somebody who has signed in: one session for all tests, as a person has one. */
  session: BrowserContext
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  api: [async ({}, use) => use(await Api.signIn()), { scope: 'worker' }],
  session: [
    async ({ browser }, use) => {
      const context = await browser.newContext(CONTEXT)
      const page = await context.newPage()
      await page.goto('/')
      await signIn(page)
      await page.close()
      await use(context)
      await context.close()
    },
    { scope: 'worker' },
  ],
  complaints: async ({}, use) => use([]),
  expected: async ({}, use) => use({ complaints: [] }),
  page: async ({ session, complaints, expected }, use) => {
    const page = await session.newPage()
    watch(page, complaints)
    await use(page)
    await forgetPreferences(page)
    await page.close()
    expect(complaints.filter((one) => !expected.complaints.some((pattern) => pattern.test(one)))).toEqual([])
  },
})

export { expect }

/** Collects what the page complains of. */
export function watch(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
  })
}

export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill(ADMIN.email)
  await page.getByLabel(/^Password/).fill(ADMIN.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Datasets', level: 1 })).toBeVisible()
}

let names = 0

/** A name that no other dataset of this run has. */
export function uniqueName(stem: string): string {
  names += 1
  return `${stem} ${process.pid}-${names}`
}

/** All tests share one browser context: a language or theme that a test chose, and lost when it failed, would be the next one's. */
async function forgetPreferences(page: Page): Promise<void> {
  if (page.isClosed() || !page.url().startsWith('http')) return
  await page.evaluate(() => ['datakura.language', 'datakura.theme'].forEach((key) => localStorage.removeItem(key))).catch(() => undefined)
}
