import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// How long a test waits for what will come; on a busy machine a second is little.
configure({ asyncUtilTimeout: 8_000 })

afterEach(() => {
  cleanup()
  window.localStorage.clear()
  window.sessionStorage.clear()
})

// jsdom lays nothing out, so there is nothing to scroll, and it does not know how.
Element.prototype.scrollIntoView ??= () => undefined
