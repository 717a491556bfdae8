import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { FactList, type Fact } from '../../components/FactList'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { LogicalType } from '../../gql/graphql'
import { formatInteger, formatStatistic } from '../../lib/format'
import { cutText } from './cutText'
import { Histogram } from './Histogram'
import { NullBar } from './NullBar'
import { TopValues } from './TopValues'

const FieldProfileCard_profile = graphql(`
  fragment FieldProfileCard_profile on FieldProfile {
    fieldPath
    nullCount
    nullFraction
    distinctCount
    distinctIsApproximate
    min
    max
    mean
    median
    stddev
    minLength
    maxLength
    histogram {
      lower
      upper
      count
    }
    topValues {
      value
      count
    }
  }
`)

interface FieldProfileCardProps {
  profile: FragmentType<typeof FieldProfileCard_profile>
  rowCount: number
  logicalType: LogicalType | null
}

/** One column: how full it is, how its values spread, and its numbers. */
export function FieldProfileCard(props: FieldProfileCardProps) {
  const { rowCount, logicalType } = props
  const { t, i18n } = useTranslation()
  const profile = readFragment(FieldProfileCard_profile, props.profile)
  function bound(value: unknown): string | null {
    if (typeof value === 'number') return formatStatistic(value, i18n.language)
    if (typeof value !== 'string') return null
    return cutText(logicalType === 'TIMESTAMP' ? value.replace('T', ' ') : value)
  }
  const number = (value: number | null) => (value === null ? null : formatStatistic(value, i18n.language))
  const distinct =
    profile.distinctCount === null
      ? null
      : `${profile.distinctIsApproximate ? '≈ ' : ''}${formatInteger(profile.distinctCount, i18n.language)}`
  const lengths =
    profile.minLength === null || profile.maxLength === null
      ? null
      : profile.minLength === profile.maxLength
        ? formatInteger(profile.minLength, i18n.language)
        : `${formatInteger(profile.minLength, i18n.language)}–${formatInteger(profile.maxLength, i18n.language)}`
  const facts: Fact[] = [
    { label: t('profile.distinct'), value: distinct },
    { label: t('profile.min'), value: bound(profile.min) },
    { label: t('profile.max'), value: bound(profile.max) },
    { label: t('profile.mean'), value: number(profile.mean) },
    { label: t('profile.median'), value: number(profile.median) },
    { label: t('profile.stddev'), value: number(profile.stddev) },
    { label: t('profile.lengths'), value: lengths },
  ].filter(({ value }) => value !== null)

  return (
    <Paper variant="outlined" component="section" sx={{ p: 2 }}>
      <Stack spacing={1.75}>
        <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
          <Typography variant="h3" component="h2" noWrap title={profile.fieldPath} sx={{ flexGrow: 1, minWidth: 0 }}>
            {profile.fieldPath}
          </Typography>
          {logicalType && <Chip size="small" label={t(`logicalType.${logicalType}`)} />}
        </Stack>
        <NullBar nullCount={profile.nullCount} nullFraction={profile.nullFraction} />
        {profile.histogram.length > 0 && (
          <Histogram
            fieldPath={profile.fieldPath}
            bins={profile.histogram}
            temporal={logicalType === 'DATE' || logicalType === 'TIMESTAMP'}
          />
        )}
        {profile.topValues.length > 0 && profile.histogram.length === 0 && (
          <TopValues values={profile.topValues} rowCount={rowCount} />
        )}
        <FactList facts={facts} minWidth={88} />
      </Stack>
    </Paper>
  )
}
