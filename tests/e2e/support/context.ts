/** What every browser context of the tests is like. */
export const CONTEXT = {
  baseURL: process.env['DATAKURA_E2E_URL'] ?? '',
  locale: 'en-US',
  timezoneId: 'UTC',
  viewport: { width: 1280, height: 900 },
}
