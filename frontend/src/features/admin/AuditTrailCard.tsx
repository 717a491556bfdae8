import LinkIcon from '@mui/icons-material/VerifiedOutlined'
import Alert from '@mui/material/Alert'
import { useTranslation } from 'react-i18next'
import { TimeAgo } from '../../components/TimeAgo'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { formatInteger } from '../../lib/format'

const AuditTrailCard_trail = graphql(`
  fragment AuditTrailCard_trail on AuditTrail {
    recordCount
    signedCount
    checkpointNumber
    checkpointAt
  }
`)

/** How much of the trail the last checkpoint has signed. */
export function AuditTrailCard(props: { trail: FragmentType<typeof AuditTrailCard_trail> }) {
  const { t, i18n } = useTranslation()
  const trail = readFragment(AuditTrailCard_trail, props.trail)
  const amount = (count: number) => formatInteger(count, i18n.language)
  return (
    <Alert severity="info" variant="outlined" icon={<LinkIcon fontSize="inherit" />}>
      {trail.checkpointAt
        ? t('admin.audit.signed', {
            records: amount(trail.recordCount),
            signed: amount(trail.signedCount),
            number: trail.checkpointNumber,
          })
        : t('admin.audit.unsigned', { records: amount(trail.recordCount) })}{' '}
      {trail.checkpointAt && <TimeAgo at={trail.checkpointAt} />}
      <br />
      {t('admin.audit.verify')} <code>datakura audit verify</code>
    </Alert>
  )
}
