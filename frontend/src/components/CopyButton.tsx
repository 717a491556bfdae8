import CheckIcon from '@mui/icons-material/Check'
import ContentCopyIcon from '@mui/icons-material/ContentCopy'
import Button from '@mui/material/Button'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

const SAID_MS = 3_000

/** Puts a text where it can be pasted from, and says that it did. */
export function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <Button
      size="small"
      color="inherit"
      startIcon={copied ? <CheckIcon /> : <ContentCopyIcon />}
      onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <span role="status">{copied ? t('myAccount.copied') : t('myAccount.copy')}</span>
    </Button>
  )
}
