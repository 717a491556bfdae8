import DownloadIcon from '@mui/icons-material/Download'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import IconButton from '@mui/material/IconButton'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Tooltip from '@mui/material/Tooltip'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { useDownload } from '../../components/useDownload'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatBytes } from '../../lib/format'

const FileList_version = graphql(`
  fragment FileList_version on DatasetVersion {
    files {
      id
      role
      name
      sizeBytes
      sha256
      downloadable
    }
  }
`)

/** The files of the published version, each with its checksum and a way to download it. */
export function FileList(props: { version: FragmentType<typeof FileList_version> }) {
  const { t, i18n } = useTranslation()
  const { files } = readFragment(FileList_version, props.version)
  const { download, problem } = useDownload()
  if (files.length === 0) return null
  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Typography variant="h3" component="h2" sx={{ mb: 1 }}>
        {t('overview.files')}
      </Typography>
      {problem && <Alert severity="error">{problem}</Alert>}
      <Stack component="ul" spacing={1} sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {files.map((file) => (
          <Stack component="li" key={file.id} direction="row" spacing={1} sx={{ alignItems: 'center' }}>
            <Box sx={{ flexGrow: 1, minWidth: 0 }}>
              <Typography sx={{ overflowWrap: 'anywhere' }}>{file.name}</Typography>
              <Typography variant="body2" color="textSecondary">
                {t(`fileRole.${file.role}`)} · {formatBytes(file.sizeBytes, i18n.language)}
              </Typography>
              <Typography
                variant="body2"
                color="textSecondary"
                noWrap
                title={file.sha256}
                sx={{ fontFamily: 'monospace', fontSize: '0.75rem' }}
              >
                SHA-256 {file.sha256}
              </Typography>
            </Box>
            {!file.downloadable ? (
              <Tooltip title={t('overview.downloadMasked')}>
                <span>
                  <IconButton disabled aria-label={t('overview.downloadMasked')}>
                    <DownloadIcon />
                  </IconButton>
                </span>
              </Tooltip>
            ) : (
              <IconButton onClick={() => void download(file.id)} aria-label={t('overview.download', { fileName: file.name })}>
                <DownloadIcon />
              </IconButton>
            )}
          </Stack>
        ))}
      </Stack>
    </Paper>
  )
}
