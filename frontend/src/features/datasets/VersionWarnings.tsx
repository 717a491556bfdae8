import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import { useTranslation } from 'react-i18next'
import { optionsOf, type FoundOptions } from '../../components/readOptions/draft'
import { useMay } from '../../components/ViewerLevel'
import { graphql, readFragment, type FragmentType } from '../../gql'

const VersionWarnings_version = graphql(`
  fragment VersionWarnings_version on DatasetVersion {
    status
    warnings
    readOptions {
      format
      encoding
      delimiter
      quote
      escape
      headerRows
      skippedRows
      decimalSeparator
      thousandsSeparator
      nullTokens
      sheet
    }
  }
`)

interface VersionWarningsProps {
  version: FragmentType<typeof VersionWarnings_version>
  onUploadAgain: (found: FoundOptions | null) => void
}

/** What was changed or left out when the file was read, and the way to have it read differently. */
export function VersionWarnings(props: VersionWarningsProps) {
  const { t } = useTranslation()
  const { status, warnings, readOptions } = readFragment(VersionWarnings_version, props.version)
  const mayWrite = useMay('WRITE')
  if (warnings.length === 0) return null
  // Formats that say themselves how they are read leave nothing to decide.
  const canDiffer = mayWrite && status === 'READY' && readOptions !== null && optionsOf(readOptions.format).length > 0
  return (
    <Alert severity="info">
      {warnings.map((warning) => (
        <div key={warning}>{warning}</div>
      ))}
      {canDiffer && (
        <Button
          color="inherit"
          size="small"
          aria-haspopup="dialog"
          sx={{ mt: 1, ml: -0.75 }}
          onClick={() => props.onUploadAgain(readOptions)}
        >
          {t('version.uploadAgain')}
        </Button>
      )}
    </Alert>
  )
}
