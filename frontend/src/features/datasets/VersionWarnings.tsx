import Alert from '@mui/material/Alert'
import { graphql, readFragment, type FragmentType } from '../../gql'

const VersionWarnings_version = graphql(`
  fragment VersionWarnings_version on DatasetVersion {
    warnings
  }
`)

interface VersionWarningsProps {
  version: FragmentType<typeof VersionWarnings_version>
}

/** What was changed or left out when the file was read. */
export function VersionWarnings(props: VersionWarningsProps) {
  const { warnings } = readFragment(VersionWarnings_version, props.version)
  if (warnings.length === 0) return null
  return (
    <Alert severity="info" lang="en">
      {warnings.map((warning) => (
        <div key={warning}>{warning}</div>
      ))}
    </Alert>
  )
}
