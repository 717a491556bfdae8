import { defineConfig } from '@playwright/test'
import { CONTEXT } from './support/context.ts'

const full = Boolean(process.env['DATAKURA_E2E_FULL'])

export default defineConfig({
  testDir: 'specs',
  // Pictures are no test: `python -m tests.e2e --screenshots`.
  testIgnore: process.env['DATAKURA_E2E_SCREENSHOTS'] ? [] : ['**/screenshots.spec.ts'],
  outputDir: 'test-results',
  // One system, one account, two cores: more at once would only wait for each other.
  workers: 1,
  // Bounds for what hangs, not for what is slow: the machine may be busy.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: process.env['CI'] ? 'dot' : 'line',
  forbidOnly: Boolean(process.env['CI']),
  // The short form of `make test`: the main ways through every part, once.
  ...(full || process.env['DATAKURA_E2E_SCREENSHOTS'] ? {} : { grep: /@short/ }),
  use: {
    ...CONTEXT,
    actionTimeout: 30_000,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['DATAKURA_E2E_CHROMIUM'] ?? '',
      args: [
        // Chromium's own sandbox needs what root in a container does not have; it only visits our own pages here.
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    },
  },
})
