import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import FormControlLabel from '@mui/material/FormControlLabel'
import Paper from '@mui/material/Paper'
import Radio from '@mui/material/Radio'
import RadioGroup from '@mui/material/RadioGroup'
import Typography from '@mui/material/Typography'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useProof } from '../../components/proof/useProof'
import type { AccessTabQuery, Visibility } from '../../gql/graphql'
import { ChangeVisibility } from './accessOperations'

const VISIBILITIES: readonly Visibility[] = ['ORGANIZATION', 'RESTRICTED']

interface VisibilityCardProps {
  dataset: NonNullable<AccessTabQuery['dataset']>
  /** Somebody else has changed the dataset. */
  onStale: () => void
}

/** Whether everybody finds the dataset. */
export function VisibilityCard({ dataset, onStale }: VisibilityCardProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const { attempt, problem, dialog } = useProof()
  const [change] = useMutation(ChangeVisibility)
  const { id, revision } = dataset

  function choose(visibility: Visibility) {
    return attempt(async () => {
      const { data } = await change({
        variables: { input: { id, revision, visibility } },
        optimisticResponse: {
          updateDataset: {
            __typename: 'DatasetPayload',
            dataset: { __typename: 'Dataset', id, revision: revision + 1, visibility },
            errors: [],
          },
        },
      })
      const errors = data?.updateDataset.errors
      if (errors?.some(({ code }) => code === 'CONFLICT')) onStale()
      return errors
    })
  }

  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Typography id={titleId} variant="h2" sx={{ mb: 1 }}>
        {t('createDataset.visibility')}
      </Typography>
      {problem && <Alert severity="error">{problem}</Alert>}
      <RadioGroup
        aria-labelledby={titleId}
        value={dataset.visibility}
        onChange={(event) => {
          const chosen = VISIBILITIES.find((one) => one === event.target.value)
          if (chosen) void choose(chosen)
        }}
      >
        {VISIBILITIES.map((one) => (
          <FormControlLabel
            key={one}
            value={one}
            disabled={dataset.viewerLevel !== 'MANAGE'}
            control={<Radio />}
            sx={{ alignItems: 'flex-start', py: 0.5 }}
            label={
              <>
                <Typography sx={{ pt: 1 }}>{t(`visibility.${one}`)}</Typography>
                <Typography variant="body2" color="textSecondary">
                  {t(`visibilityHelp.${one}`)}
                </Typography>
              </>
            }
          />
        ))}
      </RadioGroup>
      {dialog}
    </Paper>
  )
}
