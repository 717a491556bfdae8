import DownloadIcon from '@mui/icons-material/DownloadOutlined'
import Button from '@mui/material/Button'
import ButtonGroup from '@mui/material/ButtonGroup'
import Snackbar from '@mui/material/Snackbar'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEventFilter } from '../../gql/graphql'
import { useTokens } from '../../graphql/TokensContext'
import { exportQuery } from './auditConditions'

const FORMATS = ['csv', 'jsonl'] as const

/** The records that the filters leave, all of them, as a file. */
export function AuditExport({ conditions }: { conditions: AuditEventFilter }) {
  const { t } = useTranslation()
  const tokens = useTokens()
  const [busy, setBusy] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  async function save(format: (typeof FORMATS)[number]) {
    setBusy(format)
    try {
      const token = await tokens.current()
      const response = await fetch(`/audit/export?${exportQuery(conditions, format)}`, {
        headers: token ? { Authorization: `Bearer ${token}` } : {},
      })
      if (!response.ok) {
        setProblem(response.status === 429 ? t('admin.audit.exportTooOften') : t('error.server', { status: response.status }))
        return
      }
      const address = URL.createObjectURL(await response.blob())
      const link = document.createElement('a')
      link.href = address
      link.download = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? `audit.${format}`
      link.click()
      URL.revokeObjectURL(address)
    } catch {
      setProblem(t('error.offline'))
    } finally {
      setBusy(null)
    }
  }

  return (
    <>
      <ButtonGroup variant="outlined" aria-label={t('admin.audit.export')}>
        {FORMATS.map((format) => (
          <Button key={format} startIcon={<DownloadIcon />} loading={busy === format} onClick={() => save(format)}>
            {t(`admin.audit.formats.${format}`)}
          </Button>
        ))}
      </ButtonGroup>
      <Snackbar open={problem !== null} message={problem} autoHideDuration={8000} onClose={() => setProblem(null)} />
    </>
  )
}
