import { useLazyQuery } from '@apollo/client/react'
import DownloadIcon from '@mui/icons-material/Download'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDownload } from '../../components/useDownload'
import { useErrorText } from '../../components/useErrorText'
import { graphql } from '../../gql'
import { formatBytes } from '../../lib/format'

const DownloadButtonFiles = graphql(`
  query DownloadButton($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      files {
        id
        role
        name
        sizeBytes
        downloadable
      }
    }
  }
`)

/** The files of a version; one is saved by choosing it. */
export function DownloadButton({ versionId }: { versionId: string }) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const { download, problem } = useDownload()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [load, { data, error, loading }] = useLazyQuery(DownloadButtonFiles, { fetchPolicy: 'network-only' })
  return (
    <>
      <Button
        size="small"
        startIcon={<DownloadIcon />}
        aria-haspopup="menu"
        loading={loading}
        onClick={(event) => {
          setAnchor(event.currentTarget)
          void load({ variables: { versionId } })
        }}
      >
        {t('data.download')}
      </Button>
      {problem && <Alert severity="error">{problem}</Alert>}
      <Menu anchorEl={anchor} open={anchor !== null && !loading} onClose={() => setAnchor(null)}>
        {error && <MenuItem disabled>{errorText(error)}</MenuItem>}
        {(data?.datasetVersion?.files ?? []).map((file) => (
          <MenuItem
            key={file.id}
            disabled={!file.downloadable}
            onClick={() => {
              setAnchor(null)
              void download(file.id)
            }}
          >
            {t(`fileRole.${file.role}`)} · {formatBytes(file.sizeBytes, i18n.language)}
            {!file.downloadable && ` · ${t('overview.downloadMasked')}`}
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}
