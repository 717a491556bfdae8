import { useLazyQuery } from '@apollo/client/react'
import DownloadIcon from '@mui/icons-material/Download'
import Button from '@mui/material/Button'
import Menu from '@mui/material/Menu'
import MenuItem from '@mui/material/MenuItem'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
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
        downloadUrl
      }
    }
  }
`)

/** The files of a version, whose addresses are only good for some minutes and so are asked for when wanted. */
export function DownloadButton({ versionId }: { versionId: string }) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
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
      <Menu anchorEl={anchor} open={anchor !== null && !loading} onClose={() => setAnchor(null)}>
        {error && <MenuItem disabled>{errorText(error)}</MenuItem>}
        {(data?.datasetVersion?.files ?? []).map((file) => (
          <MenuItem
            key={file.id}
            onClick={() => setAnchor(null)}
            {...(file.downloadUrl === null ? { disabled: true } : { component: 'a', href: file.downloadUrl })}
          >
            {t(`fileRole.${file.role}`)} · {formatBytes(file.sizeBytes, i18n.language)}
            {file.downloadUrl === null && ` · ${t('overview.downloadMasked')}`}
          </MenuItem>
        ))}
      </Menu>
    </>
  )
}
