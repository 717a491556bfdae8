import { expect, test } from '../support/test.ts'

const FOLDER = process.env['DATAKURA_E2E_SCREENSHOTS'] ?? ''

/** Of the demo's data, which everybody has who starts the system. */
const SHOTS = [
  { name: 'datasets', address: '/', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-overview', address: '/datasets/palmer-penguins', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-data', address: '/datasets/palmer-penguins/data', language: 'en', theme: 'dark', width: 1440 },
  { name: 'dataset', address: '/datasets/palmer-penguins/profile', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-schema', address: '/datasets/palmer-penguins/schema', language: 'ja', theme: 'light', width: 1440 },
  { name: 'dataset-versions', address: '/datasets/palmer-penguins/versions', language: 'en', theme: 'light', width: 1440 },
  { name: 'dataset-settings', address: '/datasets/palmer-penguins/settings', language: 'ja', theme: 'dark', width: 1440 },
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
