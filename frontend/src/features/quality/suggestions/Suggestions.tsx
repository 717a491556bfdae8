import { useMutation, useQuery } from '@apollo/client/react'
import LightbulbIcon from '@mui/icons-material/Lightbulb'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../../components/EmptyState'
import { ErrorState } from '../../../components/ErrorState'
import { Needs } from '../../../components/ViewerLevel'
import { graphql } from '../../../gql'
import { formatInteger } from '../../../lib/format'
import { QualityTabQuery } from '../qualityTabQuery'
import { useRuleTypeTitle } from '../rules/useRuleTypeText'
import { useAttempt } from '../useAttempt'
import { SaidText } from '../../../components/SaidText'

const SuggestionsQuery = graphql(`
  query Suggestions($versionId: ID!) {
    datasetVersion(id: $versionId) {
      id
      number
      suggestedRules {
        key
        name
        type
        fieldPaths
        reason
        reasonPhrase {
          code
          params
        }
        failingRowCount
      }
    }
  }
`)

const AcceptSuggestion = graphql(`
  mutation AcceptSuggestion($input: AcceptQualityRuleSuggestionInput!) {
    acceptQualityRuleSuggestion(input: $input) {
      rule {
        id
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

const DismissSuggestion = graphql(`
  mutation DismissSuggestion($input: DismissQualityRuleSuggestionInput!) {
    dismissQualityRuleSuggestion(input: $input) {
      key
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

/** Rules that the profile of a version suggests; each is taken or dismissed by itself. */
export default function Suggestions({ datasetId, versionId }: { datasetId: string; versionId: string }) {
  const { t, i18n } = useTranslation()
  const typeTitle = useRuleTypeTitle()
  const { attempt, problem, forget } = useAttempt()
  const { data, error, refetch } = useQuery(SuggestionsQuery, { variables: { versionId }, fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' })
  const [accept, accepting] = useMutation(AcceptSuggestion, { refetchQueries: [SuggestionsQuery, QualityTabQuery] })
  const [dismiss] = useMutation(DismissSuggestion, { refetchQueries: [SuggestionsQuery] })

  if (error && !data) return <ErrorState title={t('suggestions.failed')} error={error} onRetry={() => void refetch()} />
  const version = data?.datasetVersion
  if (!version) return <Skeleton variant="rounded" height={240} role="progressbar" aria-label={t('loading')} />
  if (version.suggestedRules.length === 0) {
    return (
      <Paper variant="outlined">
        <EmptyState icon={<LightbulbIcon />} title={t('suggestions.none')}>
          {t('suggestions.noneLead')}
        </EmptyState>
      </Paper>
    )
  }
  return (
    <Stack spacing={2}>
      <Typography color="textSecondary">{t('suggestions.lead', { number: version.number })}</Typography>
      {problem && (
        <Alert severity="error" onClose={forget}>
          {problem}
        </Alert>
      )}
      <Paper variant="outlined" component="ul" aria-label={t('suggestions.title')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {version.suggestedRules.map(({ key, name, type, fieldPaths, reason, reasonPhrase, failingRowCount }) => (
          <Box
            component="li"
            key={key}
            sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', px: 2.5, py: 1.5, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
          >
            <Box sx={{ flex: '1 1 300px', minWidth: 0 }}>
              <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
                <bdi>{name}</bdi>
              </Typography>
              <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                {[typeTitle(type), fieldPaths.join(', ')].filter(Boolean).join(' · ')}
              </Typography>
              <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
                <SaidText phrase={reasonPhrase}>{reason}</SaidText>
              </Typography>
            </Box>
            {failingRowCount !== null && (
              <Typography variant="body2" color={failingRowCount > 0 ? 'error' : 'textSecondary'}>
                {t('suggestions.wouldFail', { count: failingRowCount, amount: formatInteger(failingRowCount, i18n.language) })}
              </Typography>
            )}
            <Stack direction="row" spacing={1}>
              <Needs level="WRITE">
                {(disabled) => (
                  <Button
                    size="small"
                    disabled={disabled}
                    aria-label={t('suggestions.dismissOne', { name })}
                    onClick={() =>
                      attempt(async () => (await dismiss({ variables: { input: { datasetId, key } } })).data?.dismissQualityRuleSuggestion.errors)
                    }
                  >
                    {t('suggestions.dismiss')}
                  </Button>
                )}
              </Needs>
              <Needs level="WRITE">
                {(disabled) => (
                  <Button
                    size="small"
                    variant="outlined"
                    disabled={disabled || accepting.loading}
                    aria-label={t('suggestions.acceptOne', { name })}
                    onClick={() =>
                      attempt(async () => (await accept({ variables: { input: { versionId, key } } })).data?.acceptQualityRuleSuggestion.errors)
                    }
                  >
                    {t('suggestions.accept')}
                  </Button>
                )}
              </Needs>
            </Stack>
          </Box>
        ))}
      </Paper>
    </Stack>
  )
}
