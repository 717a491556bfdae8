import { useEffect } from 'react'

/** Names the browser tab after what it shows. */
export function usePageTitle(title: string | null | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Datakura` : 'Datakura'
  }, [title])
}
