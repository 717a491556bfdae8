import type { Page } from '@playwright/test'
import { expectAccessible } from '../support/axe.ts'
import { expect, test, uniqueName } from '../support/test.ts'

const WIDE = 2_000

let wide = ''

test.beforeAll(async ({ api }) => {
  const names = Array.from({ length: WIDE }, (_, column) => `column_${column}`)
  const rows = Array.from({ length: 120 }, (_row, row) => names.map((_name, column) => row * WIDE + column).join(','))
  const dataset = await api.createDataset({ name: uniqueName('Wide table') })
  wide = dataset.slug
  await api.publish(await api.upload(dataset.id, 'wide.csv', `${names.join(',')}\n${rows.join('\n')}\n`))
})

/** The pages of rows that were asked for, as variables of their operation. */
function watchBlocks(page: Page): { startRow: number; fieldPaths: string[] }[] {
  const asked: { startRow: number; fieldPaths: string[] }[] = []
  page.on('request', (request) => {
    const body = request.postDataJSON() as { operationName?: string; variables: (typeof asked)[number] } | null
    if (body?.operationName === 'RowBlock') asked.push(body.variables)
  })
  return asked
}

test('of a table of 2,000 columns only what is looked at is loaded and drawn', async ({ page }) => {
  const asked = watchBlocks(page)
  await page.goto(`/datasets/${wide}/data`)
  const grid = page.getByRole('grid', { name: 'Rows' })
  await expect(grid.getByRole('gridcell').first()).toHaveText('0')
  expect(asked.map(({ startRow, fieldPaths }) => [startRow, fieldPaths.length])).toEqual([[1, 50]])

  await grid.focus()
  await page.keyboard.press('End')
  await expect(grid.getByRole('columnheader', { name: 'column_1999' })).toBeVisible()
  await expect(grid.getByRole('gridcell', { name: '1999', exact: true })).toBeVisible()
  expect(asked.at(-1)?.fieldPaths).toEqual(Array.from({ length: 50 }, (_, index) => `column_${1950 + index}`))
  expect(await grid.getByRole('gridcell').count()).toBeLessThan(600)

  await page.keyboard.press('Control+End')
  await expect(grid.getByRole('gridcell', { name: '239999', exact: true })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog', { name: 'column_1999, row 120' })).toContainText('239999')
})

test('rows are sorted by a header and narrowed by a condition, which a reload keeps', async ({ page, api }) => {
  const lines = Array.from({ length: 3_000 }, (_, row) => `${row + 1},${(row * 7919) % 3_000},${row % 2 === 0 ? 'even' : 'odd'}`)
  const dataset = await api.createDataset({ name: uniqueName('Sorted table') })
  await api.publish(await api.upload(dataset.id, 'sorted.csv', `number,mixed,kind\n${lines.join('\n')}\n`))
  await page.goto(`/datasets/${dataset.slug}/data`)
  const grid = page.getByRole('grid', { name: 'Rows' })
  await grid.getByRole('button', { name: 'mixed' }).click()
  await grid.getByRole('button', { name: 'mixed' }).click()
  await expect(grid.getByRole('columnheader', { name: 'mixed' })).toHaveAttribute('aria-sort', 'descending')
  await expect(grid.getByRole('row').nth(1).getByRole('gridcell').nth(1)).toHaveText('2999')
  await page.getByRole('button', { name: 'Filter' }).click()
  const dialog = page.getByRole('dialog', { name: 'Filter rows' })
  await dialog.getByRole('combobox', { name: 'Column' }).fill('kind')
  await page.keyboard.press('Enter')
  await dialog.getByRole('textbox', { name: 'Value' }).fill('ODD')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/of 1,500 rows/)).toBeVisible()
  await expectAccessible(page, 'sorted and filtered rows')
  await page.reload()
  await expect(page.getByText(/of 1,500 rows/)).toBeVisible()
  const numbers = lines.map((line) => line.split(',')).filter(([, , kind]) => kind === 'odd')
  const first = numbers.toSorted((left, right) => Number(right[1]) - Number(left[1]))[0] ?? []
  const row = grid.getByRole('row').nth(1)
  await expect(row.getByRole('gridcell').nth(0)).toHaveText(first[0] ?? '')
  await expect(row.getByRole('rowheader')).toHaveText(Number(first[0]).toLocaleString('en'))
})

test('a schema of 2,000 columns can be scrolled to its end', async ({ page }) => {
  await page.goto(`/datasets/${wide}/schema`)
  const grid = page.getByRole('grid', { name: 'Schema' })
  await expect(grid.getByRole('gridcell', { name: 'column_0', exact: true })).toBeVisible()
  await grid.focus()
  // To the last cell, and from there to the name at the beginning of its row.
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Home')
  await expect(grid.getByRole('gridcell', { name: 'column_1999' })).toBeVisible()
  expect(await grid.getByRole('row').count()).toBeLessThan(60)
})

test('scrolling 2,000 columns and a long table never holds the page for more than 50 ms @full', async ({ page }) => {
  for (const tab of ['schema', 'data']) {
    await page.goto(`/datasets/${wide}/${tab}`)
    const grid = page.getByRole('grid')
    await expect(grid.getByRole('gridcell').first()).toBeVisible()
    await page.waitForLoadState('networkidle')
    await page.evaluate(() => {
      const tasks: number[] = []
      Object.assign(window, { longTasks: tasks })
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })
    })
    await grid.hover()
    for (let step = 0; step < 40; step += 1) await page.mouse.wheel(step % 4 === 3 ? 900 : 0, step % 4 === 3 ? 0 : 900)
    await page.waitForLoadState('networkidle')
    const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
    expect(tasks, tab).toEqual([])
  }
})

test('a million rows are reached from the first to the last by bar and wheel @full', async ({ page, api }) => {
  const lines = Array.from({ length: 1_000_000 }, (_, row) => `${row + 1},name of ${row + 1}`)
  const dataset = await api.createDataset({ name: uniqueName('Long table') })
  await api.publish(await api.upload(dataset.id, 'long.csv', `number,name\n${lines.join('\n')}\n`))
  await page.goto(`/datasets/${dataset.slug}/data?row=654321`)
  const grid = page.getByRole('grid', { name: 'Rows' })
  await expect(grid.getByRole('gridcell', { name: 'name of 654321' })).toBeVisible()
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await expect(grid.getByRole('gridcell', { name: 'name of 1000000' })).toBeVisible()
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
  await expect(page).toHaveURL(/row=(499|500)\d{3}$/)
  const before = Number(new URL(page.url()).searchParams.get('row'))
  await grid.hover()
  await page.mouse.wheel(0, 340)
  await expect(page).toHaveURL(new RegExp(`row=${before + 10}$`))
})
