import { expectAccessible } from '../support/axe.ts'
import { asFile } from '../support/files.ts'
import { expect, test } from '../support/test.ts'

const FOLDER = process.env['DATAKURA_E2E_SCREENSHOTS'] ?? ''

/** Heavy penguins first, of two kinds. */
const ROWS = new URLSearchParams([
  ['sort', '-body_mass_g'],
  ['where', JSON.stringify(['species', 'in', 'Gentoo', 'Chinstrap'])],
]).toString()

const FILE = `日付;店舗;商品コード;単価;数量\n${['東京', '大阪', '札幌', '福岡', '名古屋', '京都', '仙台', '広島']
  .map((city, index) => `2026-01-${String(index + 1).padStart(2, '0')};${city};00${index + 17};${index}${index + 1},50;${(index * 7) % 5 || 'NA'}`)
  .join('\n')}\n`

/** Of the demo's data, which everybody has who starts the system. */
const SHOTS = [
  { name: 'datasets', address: '/', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-overview', address: '/datasets/palmer-penguins', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-data', address: `/datasets/palmer-penguins/data?${ROWS}`, language: 'en', theme: 'dark', width: 1440 },
  { name: 'dataset', address: '/datasets/palmer-penguins/profile', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-schema', address: '/datasets/palmer-penguins/schema', language: 'ja', theme: 'light', width: 1440 },
  { name: 'dataset-versions', address: '/datasets/palmer-penguins/versions', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-activity', address: '/datasets/palmer-penguins/activity', language: 'ja', theme: 'light', width: 1440 },
  { name: 'dataset-data-phone', address: `/datasets/palmer-penguins/data?${ROWS}`, language: 'ja', theme: 'light', width: 390 },
  { name: 'dataset-settings', address: '/datasets/palmer-penguins/settings', language: 'ja', theme: 'dark', width: 1440 },
  { name: 'dataset-quality', address: '/datasets/flights-from-new-york/quality?view=rules', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-suggestions', address: '/datasets/airports/quality?view=suggestions', language: 'ja', theme: 'light', width: 1440 },
  { name: 'dataset-access', address: '/datasets/flights-from-new-york/access', language: 'en', theme: 'light', width: 1440 },
  { name: 'quality-failing', address: '/quality?view=failing', language: 'ja', theme: 'light', width: 1440 },
  { name: 'quality-board', address: '/quality?view=board', language: 'en', theme: 'dark', width: 1440 },
  { name: 'notifications', address: '/notifications', language: 'ja', theme: 'light', width: 1440 },
  { name: 'account', address: '/account', language: 'en', theme: 'light', width: 1440 },
  { name: 'admin-users', address: '/admin/users', language: 'en', theme: 'light', width: 1440 },
  { name: 'admin-audit', address: '/admin/audit', language: 'ja', theme: 'light', width: 1440 },
  { name: 'admin-queues', address: '/admin/queues', language: 'en', theme: 'light', width: 1440 },
  { name: 'admin-system', address: '/admin/system', language: 'en', theme: 'dark', width: 1440 },
  { name: 'datasets-phone', address: '/', language: 'ja', theme: 'dark', width: 390 },
]

for (const { name, address, language, theme, width } of SHOTS) {
  test(`screenshot of ${name}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    await page.addInitScript(
      (chosen) => {
        localStorage.setItem('datakura.language', chosen.language)
        localStorage.setItem('datakura.theme', chosen.theme)
      },
      { language, theme },
    )
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.waitForLoadState('networkidle')
    await expect(page.locator('.MuiSkeleton-root, .waiting')).toHaveCount(0)
    await page.screenshot({ path: `${FOLDER}/${name}.png` })
  })
}

test('screenshot of upload-preview', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.addInitScript(() => {
    localStorage.setItem('datakura.language', 'en')
    localStorage.setItem('datakura.theme', 'light')
  })
  await page.goto('/datasets/palmer-penguins')
  await page.getByRole('button', { name: 'Preview and options' }).click()
  await page.getByLabel('File to preview').setInputFiles(asFile('sales.csv', FILE))
  await expect(page.getByRole('region', { name: 'First rows' })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Preview', exact: true })).toHaveAttribute('aria-busy', 'false')
  await expectAccessible(page, 'the preview of a file')
  await page.screenshot({ path: `${FOLDER}/upload-preview.png` })
})
