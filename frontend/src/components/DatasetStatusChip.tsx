import Chip from '@mui/material/Chip'
import { useTranslation } from 'react-i18next'
import type { DatasetStatus } from '../gql/graphql'

const COLORS: Record<DatasetStatus, 'default' | 'success' | 'warning'> = {
  DRAFT: 'default',
  ACTIVE: 'success',
  DEPRECATED: 'warning',
  ARCHIVED: 'default',
}

/** Where a dataset stands in its life. */
export function DatasetStatusChip({ status }: { status: DatasetStatus }) {
  const { t } = useTranslation()
  return <Chip size="small" variant="outlined" color={COLORS[status]} label={t(`datasetStatus.${status}`)} />
}
