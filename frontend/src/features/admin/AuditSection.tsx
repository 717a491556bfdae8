import { useQuery } from '@apollo/client/react'
import HistoryIcon from '@mui/icons-material/History'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../components/EmptyState'
import { useAddressParams } from '../../components/useAddressParams'
import { graphql } from '../../gql'
import { AuditExport } from './AuditExport'
import { AuditFilters } from './AuditFilters'
import { AuditRow } from './AuditRow'
import { AuditTrailCard } from './AuditTrailCard'
import { conditionsOf } from './auditConditions'
import { ListFrame } from './ListFrame'
import { SectionFrame } from './SectionFrame'

const AuditSectionEvents = graphql(`
  query AuditSection($first: Int!, $after: String, $filter: AuditEventFilter) {
    auditEvents(first: $first, after: $after, filter: $filter) {
      edges {
        cursor
        node {
          id
          ...AuditRow_event
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    auditTrail {
      ...AuditTrailCard_trail
    }
  }
`)

const PAGE_SIZE = 50

/** Who did what, when and from where. */
export default function AuditSection() {
  const { t } = useTranslation()
  const [read, change] = useAddressParams()
  const conditions = conditionsOf(read)
  const { data, error, loading, refetch, fetchMore } = useQuery(AuditSectionEvents, {
    variables: { first: PAGE_SIZE, filter: conditions },
    fetchPolicy: 'cache-and-network',
    notifyOnNetworkStatusChange: true,
  })
  const { edges, pageInfo } = data?.auditEvents ?? {}
  return (
    <SectionFrame
      title={t('admin.sections.audit')}
      lead={t('admin.audit.lead')}
      action={<AuditExport conditions={conditions} />}
    >
      {data && <AuditTrailCard trail={data.auditTrail} />}
      <AuditFilters read={read} change={change} />
      <ListFrame
        count={edges?.length}
        error={error}
        failed={t('admin.audit.failed')}
        onRetry={() => void refetch()}
        loading={loading}
        onMore={pageInfo?.hasNextPage ? () => void fetchMore({ variables: { after: pageInfo.endCursor } }) : null}
        empty={<EmptyState icon={<HistoryIcon />} title={t('admin.audit.nothing')} />}
      >
        <Table size="small" sx={{ tableLayout: { md: 'fixed' } }}>
          <TableHead>
            <TableRow>
              <TableCell sx={{ width: { md: 196 } }}>{t('admin.audit.when')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>{t('admin.audit.who')}</TableCell>
              <TableCell>{t('admin.audit.action')}</TableCell>
              <TableCell sx={{ display: { xs: 'none', md: 'table-cell' } }}>{t('admin.audit.target')}</TableCell>
              <TableCell component="td" sx={{ width: 56 }} />
            </TableRow>
          </TableHead>
          <TableBody>
            {edges?.map(({ node }) => (
              <AuditRow key={node.id} event={node} onFilter={change} />
            ))}
          </TableBody>
        </Table>
      </ListFrame>
    </SectionFrame>
  )
}
