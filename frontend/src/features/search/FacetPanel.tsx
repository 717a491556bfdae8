import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Checkbox from '@mui/material/Checkbox'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormGroup from '@mui/material/FormGroup'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatInteger } from '../../lib/format'
import { ages, datasetStatuses, healthStates, isNarrowed, type DatasetFilters } from './useDatasetFilters'

export interface FacetBucket {
  value: string
  /** The value for people. */
  label: string
  count: number
}

interface FacetPanelProps {
  filters: DatasetFilters
  statuses: readonly FacetBucket[]
  health: readonly FacetBucket[]
  freshness: readonly FacetBucket[]
  tags: readonly FacetBucket[]
  owners: readonly FacetBucket[]
  onChange: (change: Partial<DatasetFilters>) => void
}

/** Narrows the list by what its datasets have in common. */
export default function FacetPanel({ filters, statuses, health, freshness, tags, owners, onChange }: FacetPanelProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const knownTags = withChosen(tags, filters.tags)
  const knownOwners = withChosen(owners, filters.ownerIds)
  return (
    <Box component="section" aria-label={t('search.filters')}>
      {/* On a narrow page the list comes first; there the filters open on demand. */}
      <Button
        variant="outlined"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        sx={{ display: { md: 'none' }, mb: open ? 2 : 0 }}
      >
        {t('search.filters')}
      </Button>
      <Stack spacing={2} sx={{ display: { xs: open ? 'flex' : 'none', md: 'flex' } }}>
        <FacetGroup
          title={t('datasets.status')}
          options={withChosen(statuses, filters.statuses).map((bucket) => {
            const status = datasetStatuses.find((one) => one === bucket.value)
            return status ? { ...bucket, label: t(`datasetStatus.${status}`) } : bucket
          })}
          chosen={filters.statuses}
          onChange={(chosen) =>
            onChange({ statuses: datasetStatuses.filter((status) => chosen.includes(status)) })
          }
        />
        {/* Without a rule anywhere there is nothing to choose. */}
        {withChosen(health, filters.health).some(({ value }) => value !== 'UNCHECKED') && (
          <FacetGroup
            title={t('datasets.health')}
            options={withChosen(health, filters.health).map((bucket) => {
              const state = healthStates.find((one) => one === bucket.value)
              return state ? { ...bucket, label: t(`facets.health.${state}`) } : bucket
            })}
            chosen={filters.health}
            onChange={(chosen) => onChange({ health: healthStates.filter((state) => chosen.includes(state)) })}
          />
        )}
        <FacetGroup
          title={t('datasets.dataFrom')}
          options={withChosen(freshness, filters.freshness).map((bucket) => {
            const age = ages.find((one) => one === bucket.value)
            return age ? { ...bucket, label: t(`facets.age.${age}`) } : bucket
          })}
          chosen={filters.freshness}
          onChange={(chosen) => onChange({ freshness: ages.filter((age) => chosen.includes(age)) })}
        />
        <FacetGroup
          title={t('datasets.tags')}
          options={knownTags}
          chosen={filters.tags}
          onChange={(chosen) => onChange({ tags: chosen })}
        />
        {knownOwners.length > 1 && (
          <FacetGroup
            title={t('datasets.owner')}
            options={knownOwners}
            chosen={filters.ownerIds}
            onChange={(chosen) => onChange({ ownerIds: chosen })}
          />
        )}
        {isNarrowed(filters) && (
          <Button
            size="small"
            sx={{ alignSelf: 'flex-start' }}
            onClick={() => onChange({ query: '', statuses: [], tags: [], ownerIds: [], health: [], freshness: [] })}
          >
            {t('search.clear')}
          </Button>
        )}
      </Stack>
    </Box>
  )
}

/** What is chosen stays visible though no result has it, or it could not be unchosen. */
function withChosen(buckets: readonly FacetBucket[], chosen: readonly string[]): FacetBucket[] {
  const missing = chosen.filter((value) => !buckets.some((bucket) => bucket.value === value))
  return [...buckets, ...missing.map((value) => ({ value, label: value, count: 0 }))]
}

interface FacetGroupProps {
  title: string
  options: readonly FacetBucket[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}

function FacetGroup({ title, options, chosen, onChange }: FacetGroupProps) {
  const { i18n } = useTranslation()
  if (options.length === 0) return null
  return (
    <Box component="fieldset" sx={{ border: 0, p: 0, m: 0, minWidth: 0 }}>
      <Typography component="legend" variant="h3" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      <FormGroup>
        {options.map(({ value, label, count }) => (
          <FormControlLabel
            key={value}
            slotProps={{ typography: { variant: 'body2', sx: { display: 'flex', gap: 1, minWidth: 0, width: 1 } } }}
            sx={{ mr: 0, '& .MuiFormControlLabel-label': { flexGrow: 1, minWidth: 0 } }}
            control={
              <Checkbox
                size="small"
                checked={chosen.includes(value)}
                onChange={(event) =>
                  onChange(
                    event.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value),
                  )
                }
                sx={{ py: 0.5 }}
              />
            }
            label={
              <>
                <Box component="span" sx={{ flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                  {label}
                </Box>
                <Box component="span" sx={{ color: 'text.secondary' }}>
                  {formatInteger(count, i18n.language)}
                </Box>
              </>
            }
          />
        ))}
      </FormGroup>
    </Box>
  )
}
