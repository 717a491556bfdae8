/** People beside the administrator: made through the API, signed in by hand. */
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { Api } from './api.ts'
import { CONTEXT } from './context.ts'

export const PASSWORD = 'a staple of batteries'

let made = 0

export interface Somebody {
  id: string
  email: string
  displayName: string
}

/** A new account with PASSWORD. */
export async function createUser(role: 'VIEWER' | 'EDITOR' | 'ADMIN', email?: string): Promise<Somebody> {
  made += 1
  // Making administrators takes a fresh proof: a sign-in is one.
  const api = await Api.signIn()
  const input = {
    email: email ?? `person-${process.pid}-${made}@example.com`,
    displayName: `Person ${process.pid}-${made}`,
    role,
    password: PASSWORD,
  }
  const { createUser: answer } = await api.ask<{ createUser: { user: Somebody | null; errors: unknown[] } }>(
    'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id email displayName } errors { code message } } }',
    { input },
  )
  if (!answer.user) throw new Error(JSON.stringify(answer.errors))
  return answer.user
}

/** A browser of their own, signed in; whoever opens it closes it. */
export async function signedIn(browser: Browser, { email }: Somebody): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext(CONTEXT)
  const page = await context.newPage()
  await page.goto('/')
  await typeCredentials(page, email)
  await expect(page.getByRole('heading', { name: 'Datasets', level: 1 })).toBeVisible()
  return [context, page]
}

export async function typeCredentials(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel(/^Password/).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
