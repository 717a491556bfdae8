import { readFile } from 'node:fs/promises'
import { expectAccessible } from '../support/axe.ts'
import { createUser, PASSWORD, signedIn, typeCredentials } from '../support/people.ts'
import { expect, test, uniqueName, watch } from '../support/test.ts'
import { totp } from '../support/totp.ts'

test('an invited person chooses a password, turns the second factor on, and signs in with a code', { tag: '@short' }, async ({
  page,
  browser,
  request,
}) => {
  const email = `invited-${process.pid}@example.com`
  await page.goto('/admin/users')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' })
  await dialog.getByLabel('E-mail').fill(email)
  await dialog.getByLabel('Name').fill('Ines Invited')
  await dialog.getByRole('button', { name: 'Send the invitation' }).click()
  const drawer = page.getByRole('dialog', { name: 'Ines Invited' })
  await expect(drawer.getByText('Invited', { exact: true })).toBeVisible()

  let link: string | undefined
  await expect(async () => {
    const mails = await (await request.get('/mails')).text()
    const mail = mails.split('<article>').find((one) => one.includes(email))
    link = /href="([^"]+accept-invitation#[^"]+)"/.exec(mail ?? '')?.[1]
    expect(link).toBeDefined()
  }).toPass()
  const context = await browser.newContext()
  const theirs = await context.newPage()
  await theirs.goto(link ?? '')
  await theirs.getByLabel(/password/i).fill(PASSWORD)
  await theirs.getByRole('button', { name: /password/i }).click()
  await theirs.getByRole('link', { name: 'Sign in' }).click()
  await typeCredentials(theirs, email)
  await expect(theirs.getByRole('heading', { name: 'Datasets', level: 1 })).toBeVisible()

  await theirs.goto('/account')
  await theirs.getByRole('button', { name: 'Turn on' }).click()
  await expect(theirs.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible()
  const secret = (await theirs.locator('form code').textContent()) ?? ''
  await theirs.getByLabel('Code').fill(totp(secret))
  await theirs.getByRole('button', { name: 'Confirm' }).click()
  await expect(theirs.getByText(/Keep these codes/)).toBeVisible()
  expect(await theirs.getByRole('alert').getByRole('listitem').count()).toBe(10)

  await theirs.getByRole('button', { name: 'Account' }).click()
  await theirs.getByRole('menuitem', { name: 'Sign out' }).click()
  await typeCredentials(theirs, email)
  await theirs.getByLabel('Code').fill('000000')
  await theirs.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(theirs.getByText(/The code is wrong/)).toBeVisible()
  await theirs.getByLabel('Code').fill(totp(secret, 1))
  await theirs.getByRole('button', { name: 'Sign in', exact: true }).click()
  // Back where they were.
  await expect(theirs.getByRole('heading', { name: 'Your account', level: 1 })).toBeVisible()
  await context.close()
})

test('a sign-in at the provider that is no fresh proof is asked for one, and what was chosen goes on', async ({ browser }) => {
  await createUser('ADMIN', 'provided@example.com')
  const somebody = await createUser('VIEWER')
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click()
  await expect(page.getByRole('heading', { name: 'Datasets', level: 1 })).toBeVisible()

  await page.goto(`/admin/users?user=${somebody.id}`)
  const drawer = page.getByRole('dialog', { name: somebody.displayName })
  await drawer.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: 'Editor' }).click()
  const proof = page.getByRole('dialog', { name: 'Is it you?' })
  await proof.getByLabel(/^Password/).fill('not the password')
  await proof.getByRole('button', { name: 'Confirm' }).click()
  await expect(proof.getByRole('alert')).toContainText('The password is wrong.')
  await proof.getByLabel(/^Password/).fill(PASSWORD)
  await proof.getByRole('button', { name: 'Confirm' }).click()
  await expect(drawer.getByText('Saved.')).toBeVisible()
  await expect(drawer.getByRole('combobox', { name: 'Role' })).toHaveText('Editor')
  await context.close()
})

test('signing somebody out and taking their access away is felt by their open pages', async ({ page, browser, api }) => {
  const reader = await createUser('VIEWER')
  const dataset = await api.createDataset({ name: uniqueName('Restricted'), visibility: 'RESTRICTED' })
  await page.goto(`/datasets/${dataset.slug}/access`)
  await page.getByRole('button', { name: 'Give access' }).click()
  const dialog = page.getByRole('dialog', { name: 'Give access' })
  await dialog.getByRole('combobox', { name: 'Person', exact: true }).fill(reader.email)
  await page.getByRole('option', { name: reader.displayName }).click()
  await dialog.getByRole('button', { name: 'Give access' }).click()
  const theirLevel = page.getByRole('combobox', { name: `Level of ${reader.displayName}` })
  await expect(theirLevel).toHaveText('Read')

  await page.getByRole('combobox', { name: 'Person', exact: true }).fill(reader.email)
  await page.getByRole('option', { name: reader.displayName }).click()
  await expect(page.getByText(`${reader.displayName} has the level Read.`)).toBeVisible()
  await expect(page.getByText('Was given it in person:')).toBeVisible()

  const [context, theirs] = await signedIn(browser, reader)
  await theirs.goto(`/datasets/${dataset.slug}`)
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText(/^Restricted/)
  await page.getByRole('button', { name: `Remove the access of ${reader.displayName}` }).click()
  await expect(theirs.getByRole('heading', { level: 1 })).not.toHaveText(/^Restricted/)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(theirLevel).toHaveText('Read')

  await theirs.goto(`/datasets/${dataset.slug}`)
  await expect(theirs.getByRole('heading', { level: 1 })).toHaveText(/^Restricted/)
  await page.goto(`/admin/users?user=${reader.id}`)
  await page.getByRole('dialog', { name: reader.displayName }).getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByRole('dialog', { name: /^Sign .* out everywhere/ }).getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(theirs.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible()
  await context.close()
})

test('the administration is for administrators: no way there in the menu, and a kind page', async ({ browser }) => {
  const [context, page] = await signedIn(browser, await createUser('EDITOR'))
  const complaints: string[] = []
  watch(page, complaints)
  await page.getByRole('button', { name: 'Account' }).click()
  await expect(page.getByRole('menuitem', { name: 'Account settings' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Administration' })).toHaveCount(0)
  for (const section of ['users', 'audit', 'tasks']) {
    await page.goto(`/admin/${section}`)
    await expect(page.getByRole('heading', { name: 'This page is for administrators', level: 1 })).toBeVisible()
  }
  expect(complaints).toEqual([])
  await context.close()
})

test('a team is made, filled, and given away again; the audit log finds and exports it', async ({ page }) => {
  const somebody = await createUser('EDITOR')
  const name = uniqueName('Team')
  await page.goto('/admin/teams')
  await page.getByRole('button', { name: 'New team' }).click()
  await page.getByRole('dialog', { name: 'New team' }).getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create the team' }).click()
  const drawer = page.getByRole('dialog', { name })
  await drawer.getByRole('combobox', { name: 'Add a person' }).fill(somebody.email)
  await page.getByRole('option', { name: somebody.displayName }).click()
  await expect(drawer.getByText('1 member')).toBeVisible()
  await expect(drawer.getByRole('button', { name: `Remove ${somebody.displayName} from the team` })).toBeVisible()

  await page.goto('/admin/audit?action=team.')
  await expect(page.getByRole('row', { name: new RegExp(`team.add_member.*${name}`) })).toBeVisible()
  await page.getByRole('button', { name: 'Details of team.add_member' }).first().click()
  await page.getByRole('button', { name: 'All about this object' }).click()
  await expect(page.getByRole('row', { name: /team\.(create|add_member)/ })).toHaveCount(2)
  expect(new URL(page.url()).searchParams.get('target')).toMatch(/^t/)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV' }).click()
  const exported = await readFile((await (await downloading).path()) ?? '', 'utf8')
  expect(exported.split('\r\n').map((line) => line.split(',')[5])).toEqual(['action', 'team.create', 'team.add_member', undefined])

  await page.goto('/admin/teams')
  await page.getByRole('button', { name: new RegExp(name) }).click()
  await drawer.getByRole('button', { name: 'Delete the team' }).click()
  await page.getByRole('dialog', { name: `Delete the team ${name}?` }).getByRole('button', { name: 'Delete the team' }).click()
  await expect(page.getByRole('button', { name: new RegExp(name) })).toHaveCount(0)
})

test('a quota is set for one account', async ({ page }) => {
  const somebody = await createUser('EDITOR')
  await page.goto('/admin/storage')
  await page.getByRole('button', { name: `Quota of ${somebody.displayName}` }).click()
  const dialog = page.getByRole('dialog', { name: `Quota of ${somebody.displayName}` })
  await dialog.getByRole('radio', { name: 'An amount of its own' }).check()
  await dialog.getByLabel('At most').fill('2.5')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('row', { name: new RegExp(`${somebody.displayName}.*0 B of 2.5 GB · own quota`) })).toBeVisible()
})

const LOOKS = [
  { language: 'en', theme: 'light', width: 1440 },
  { language: 'ja', theme: 'dark', width: 390 },
]

for (const { language, theme, width } of LOOKS) {
  test(`pages of administration and access in ${language}, ${theme}, ${width} pixels wide have no violation`, async ({ page, api }) => {
    const somebody = await createUser('VIEWER')
    const { slug } = await api.createDataset({ name: uniqueName('Shared') })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    await page.goto('/')
    // Of this context's storage: put back below, for the tests that follow.
    await page.evaluate(
      (chosen) => {
        localStorage.setItem('datakura.language', chosen.language)
        localStorage.setItem('datakura.theme', chosen.theme)
      },
      { language, theme },
    )
    const addresses = [
      '/admin/users',
      `/admin/users?user=${somebody.id}`,
      '/admin/teams',
      '/admin/audit',
      '/admin/tasks',
      '/admin/tasks?view=done',
      '/admin/storage',
      '/admin/system',
      `/datasets/${slug}/access`,
      '/account',
    ]
    for (const address of addresses) {
      await page.goto(address)
      await expect(address.includes('user=') ? page.getByRole('dialog') : page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.locator('[aria-busy=true], .MuiSkeleton-root')).toHaveCount(0)
      await expect(page.locator('html')).toHaveAttribute('lang', language)
      await expectAccessible(page, address)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow, `${address} scrolls sideways`).toBeLessThanOrEqual(0)
    }
    await page.evaluate(() => localStorage.clear())
  })
}
