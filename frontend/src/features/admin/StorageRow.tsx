import Button from '@mui/material/Button'
import LinearProgress from '@mui/material/LinearProgress'
import TableCell from '@mui/material/TableCell'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Person } from '../../components/Person'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatBytes, formatInteger } from '../../lib/format'
import { QuotaDialog } from './QuotaDialog'

const StorageRow_use = graphql(`
  fragment StorageRow_use on StorageUse {
    owner {
      id
      displayName
      email
      active
    }
    datasetCount
    usedBytes
    fileBytes
    quotaBytes
    ownQuotaBytes
  }
`)

/** What an account stores, and how much it may. */
export function StorageRow(props: { use: FragmentType<typeof StorageRow_use>; onChanged: () => void }) {
  const { t, i18n } = useTranslation()
  const use = readFragment(StorageRow_use, props.use)
  const [asking, setAsking] = useState(false)
  const size = (bytes: number) => formatBytes(bytes, i18n.language)
  const share = use.quotaBytes ? Math.min(100, Math.round((use.usedBytes / use.quotaBytes) * 100)) : 0
  const { owner } = use
  return (
    <TableRow sx={{ '& td': { px: { xs: 1, sm: 2 } } }}>
      <TableCell sx={{ minWidth: 150 }}>
        <Person name={owner.displayName} detail={owner.email} muted={!owner.active} />
      </TableCell>
      <TableCell sx={{ minWidth: { xs: 90, sm: 200 } }}>
        <Typography component="span" variant="body2">
          {use.quotaBytes
            ? t('admin.storage.of', { used: size(use.usedBytes), quota: size(use.quotaBytes) })
            : t('admin.storage.ofNoBound', { used: size(use.usedBytes) })}
          {use.ownQuotaBytes !== null && use.ownQuotaBytes !== undefined && ` · ${t('admin.storage.own')}`}
        </Typography>
        {use.quotaBytes > 0 && (
          <LinearProgress
            variant="determinate"
            value={share}
            color={share >= 90 ? 'error' : share >= 75 ? 'warning' : 'primary'}
            aria-label={t('admin.storage.shareOf', { name: owner.displayName })}
            sx={{ mt: 0.5, height: 6, borderRadius: 3, bgcolor: 'action.selected' }}
          />
        )}
      </TableCell>
      <TableCell align="right" sx={{ display: { xs: 'none', md: 'table-cell' } }}>
        {size(use.fileBytes)}
      </TableCell>
      <TableCell align="right" sx={{ display: { xs: 'none', md: 'table-cell' } }}>
        {formatInteger(use.datasetCount, i18n.language)}
      </TableCell>
      <TableCell align="right">
        <Button
          size="small"
          aria-haspopup="dialog"
          aria-label={t('admin.storage.quotaOf', { name: owner.displayName })}
          onClick={() => setAsking(true)}
        >
          {t('admin.storage.quota')}
        </Button>
        {asking && (
          <QuotaDialog
            owner={owner}
            ownQuotaBytes={use.ownQuotaBytes ?? null}
            onClose={() => setAsking(false)}
            onDone={() => {
              setAsking(false)
              props.onChanged()
            }}
          />
        )}
      </TableCell>
    </TableRow>
  )
}
