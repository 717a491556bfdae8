import SearchIcon from '@mui/icons-material/Search'
import IconButton from '@mui/material/IconButton'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { withTexts } from '../../lib/i18n'

const QuickSearch = lazy(withTexts(() => import('./QuickSearch')))

/** Whether what is typed goes into a field, or a dialog has the keyboard. */
function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"]')) return true
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, [role="grid"]') !== null)
}

/** Opens the quick search, by hand or from the keyboard: Ctrl+K anywhere, "/" where nothing is typed. */
export function QuickSearchButton() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
      const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey
      if ((isPalette && !document.querySelector('[role="dialog"]')) || (isSlash && !isTaken(event.target))) {
        event.preventDefault()
        setOpen(true)
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return (
    <>
      <IconButton
        aria-label={t('shell.quickSearch')}
        title={t('shell.quickSearchKeys')}
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K /"
        onClick={() => setOpen(true)}
      >
        <SearchIcon />
      </IconButton>
      {open && (
        <Suspense>
          <QuickSearch onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
