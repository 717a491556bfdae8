import { ADMIN } from '../support/api.ts'
import { expectAccessible } from '../support/axe.ts'
import { expect, test, uniqueName } from '../support/test.ts'

/** Orders, of which every tenth lacks its customer when they are bad. */
function orders(rows: number, bad: boolean): string {
  const lines = ['order_id,customer,price']
  for (let row = 1; row <= rows; row += 1) lines.push(`${row},${bad && row % 10 === 0 ? '' : row % 7},${row % 90}`)
  return `${lines.join('\n')}\n`
}

test('a rule is tried and saved; the gate refuses a bad version, is overridden, and the incident follows', { tag: '@short' }, async ({ page, api }) => {
  test.setTimeout(180_000)
  const name = uniqueName('Orders of the gate')
  const { id, slug } = await api.createDataset({ name })
  await api.upload(id, 'orders.csv', orders(100, false))

  await page.goto(`/datasets/${slug}/quality`)
  await page.getByRole('button', { name: 'Add the first rule' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Search what can be checked').fill('absent')
  await form.getByRole('button', { name: /^Absent values/ }).click()
  // The server's refusal stands at its field, and what was typed stays.
  await form.getByRole('button', { name: 'Add rule' }).click()
  await expect(form.getByText('A name has 1 to 255 characters.')).toBeVisible()
  await form.getByLabel('Name').fill('Every order has a customer')
  await form.getByRole('combobox', { name: 'Column' }).fill('customer')
  await page.getByRole('option', { name: /^customer/ }).click()
  await form.getByLabel('Blocks publication').check()
  await form.getByRole('button', { name: 'Try it' }).click()
  await expect(form.getByText('Pass', { exact: true })).toBeVisible({ timeout: 45_000 })
  await expectAccessible(page, 'the form of a rule')
  await form.getByRole('button', { name: 'Add rule' }).click()
  await expect(form).toHaveCount(0)
  await expect(page.getByRole('link', { name: 'Every order has a customer' })).toBeVisible()

  // The result of a new version comes without a reload.
  const bad = api.upload(id, 'orders-bad.csv', orders(100, true))
  await expect(page.getByRole('list', { name: 'Rules' }).getByText('Fail', { exact: true })).toBeVisible({ timeout: 60_000 })
  await bad
  await page.getByRole('link', { name: 'Every order has a customer' }).click()
  const drawer = page.getByRole('dialog', { name: 'Every order has a customer' })
  await expect(drawer.getByRole('region', { name: 'First rows that break the rule' }).getByRole('row')).toHaveCount(11)
  await expect(drawer.getByRole('img', { name: 'Values of Every order has a customer from run to run' })).toBeVisible()
  await expectAccessible(page, 'a rule with its trend')
  await drawer.getByRole('button', { name: 'Close' }).click()

  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByRole('listitem').filter({ hasText: 'Version 2' }).getByRole('button', { name: 'Publish' }).click()
  const refused = page.getByRole('dialog', { name: 'Some rules do not allow this version' })
  await expect(refused.getByRole('link', { name: 'Every order has a customer' })).toBeVisible()
  await expect(refused.getByRole('button', { name: 'Publish anyway' })).toBeDisabled()
  await refused.getByLabel('Reason to publish anyway').fill('Customers are added tomorrow')
  await refused.getByRole('button', { name: 'Publish anyway' }).click()
  // Ten minutes after signing in the reason waits for the password.
  const published = page.getByRole('listitem').filter({ hasText: 'Version 2' }).getByText('Current')
  const proof = page.getByRole('dialog', { name: 'Is it you?' })
  await expect(published.or(proof)).toBeVisible()
  if (await proof.isVisible()) {
    await proof.getByLabel(/^Password/).fill(ADMIN.password)
    await proof.getByRole('button', { name: 'Confirm' }).click()
  }
  await expect(published).toBeVisible()

  await page.goto('/quality?view=board')
  const triage = page.getByRole('region', { name: 'Triage' })
  const card = page.getByRole('listitem').filter({ hasText: name })
  await expect(triage.getByRole('listitem').filter({ hasText: name })).toBeVisible()
  await card.getByRole('link').press('Alt+ArrowRight')
  await expect(page.getByRole('region', { name: 'Investigation' }).getByRole('listitem').filter({ hasText: name })).toBeVisible()
  await expectAccessible(page, 'the board of incidents')
  await card.getByRole('link').click()
  const incident = page.getByRole('dialog', { name: 'Every order has a customer' })
  await incident.getByLabel('Comment').fill('The import lost a column.')
  await incident.getByRole('button', { name: 'Add comment' }).click()
  await expect(incident.getByRole('listitem').filter({ hasText: 'The import lost a column.' })).toBeVisible()
  await incident.getByRole('button', { name: 'Close' }).click()

  // A corrected version resolves it, and the board lets it go by itself.
  await api.upload(id, 'orders-good.csv', orders(120, false))
  await expect(card).toHaveCount(0, { timeout: 60_000 })
})
