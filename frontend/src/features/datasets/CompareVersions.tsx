import { skipToken, useQuery } from '@apollo/client/react'
import ArrowForwardIcon from '@mui/icons-material/ArrowForward'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { ErrorState } from '../../components/ErrorState'
import { graphql } from '../../gql'
import { ComparedFiles } from './ComparedFiles'
import { ComparedVerdict } from './ComparedVerdict'
import { ComparisonResult } from './ComparisonResult'
import { VersionPicker, type PickableVersion } from './VersionPicker'

const CompareVersionsQuery = graphql(`
  query CompareVersions($base: ID!, $head: ID!) {
    compareVersions(base: $base, head: $head) {
      ...ComparisonResult_comparison
    }
    base: datasetVersion(id: $base) {
      id
      ...ComparedVerdict_version
      ...ComparedFiles_version
    }
    head: datasetVersion(id: $head) {
      id
      ...ComparedVerdict_version
      ...ComparedFiles_version
    }
  }
`)

interface CompareVersionsProps {
  versions: readonly PickableVersion[]
  slug: string
}

/** Two versions, chosen in the address (`base` and `head`), and what differs between them. */
export function CompareVersions({ versions, slug }: CompareVersionsProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const byNumber = (name: string, otherwise: PickableVersion | undefined) =>
    versions.find(({ number }) => String(number) === search.get(name)) ?? otherwise
  const head = byNumber('head', versions[0])
  const base = byNumber('base', versions[1])
  const { data, error, refetch } = useQuery(
    CompareVersionsQuery,
    base && head ? { variables: { base: base.id, head: head.id } } : skipToken,
  )

  function pick(name: 'base' | 'head', number: number) {
    setSearch(
      (before) => {
        before.set(name, String(number))
        return before
      },
      { replace: true },
    )
  }

  return (
    <Stack spacing={2}>
      <Stack direction="row" spacing={1.5} sx={{ alignItems: 'center', flexWrap: 'wrap', rowGap: 1.5 }}>
        <VersionPicker
          label={t('compare.base')}
          versions={versions}
          number={base?.number ?? null}
          onPick={(number) => pick('base', number)}
        />
        <ArrowForwardIcon aria-hidden color="action" />
        <VersionPicker
          label={t('compare.head')}
          versions={versions}
          number={head?.number ?? null}
          onPick={(number) => pick('head', number)}
        />
      </Stack>
      {error && !data ? (
        <ErrorState title={t('compare.failed')} error={error} onRetry={() => void refetch()} />
      ) : data?.compareVersions ? (
        <>
          <ComparisonResult
            comparison={data.compareVersions}
            verdict={data.base && data.head && <ComparedVerdict base={data.base} head={data.head} slug={slug} />}
          />
          {data.base && data.head && <ComparedFiles base={data.base} head={data.head} />}
        </>
      ) : (
        <Skeleton variant="rounded" height={160} role="progressbar" aria-label={t('loading')} />
      )}
    </Stack>
  )
}
