import DownloadIcon from '@mui/icons-material/DownloadOutlined'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../components/CopyButton'

/** New recovery codes, to be kept: nobody can show them again. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <Alert severity="warning">
      {t('myAccount.recoveryCodes')}
      <Box component="ul" sx={{ m: 0, mt: 1, pl: 2.5, fontFamily: 'monospace' }}>
        {codes.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </Box>
      <CopyButton text={codes.join('\n')} />
      <Button
        size="small"
        color="inherit"
        startIcon={<DownloadIcon />}
        component="a"
        download="datakura-recovery-codes.txt"
        href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${codes.join('\n')}\n`)}`}
      >
        {t('myAccount.downloadCodes')}
      </Button>
    </Alert>
  )
}
