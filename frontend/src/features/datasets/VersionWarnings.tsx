import Alert from '@mui/material/Alert'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { SaidText } from '../../components/SaidText'

const VersionWarnings_version = graphql(`
  fragment VersionWarnings_version on DatasetVersion {
    warningPhrases {
      message
      code
      params
    }
  }
`)

interface VersionWarningsProps {
  version: FragmentType<typeof VersionWarnings_version>
}

/** What was changed or left out when the file was read. */
export function VersionWarnings(props: VersionWarningsProps) {
  const { warningPhrases } = readFragment(VersionWarnings_version, props.version)
  if (warningPhrases.length === 0) return null
  return (
    <Alert severity="info">
      {warningPhrases.map((warning) => (
        <div key={warning.message}>
          <SaidText phrase={warning}>{warning.message}</SaidText>
        </div>
      ))}
    </Alert>
  )
}
