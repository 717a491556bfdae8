import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldProblems, requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { draftOf, inputOf } from '../../components/readOptions/draft'
import { useErrorText } from '../../components/useErrorText'
import { useProblemText } from '../../components/useProblemText'
import { VersionErrorText } from '../../components/VersionErrorText'
import { useMay } from '../../components/ViewerLevel'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { ReadOptionsInput } from '../../gql/graphql'

const ReadOptionsDialog = lazy(() =>
  import('../../components/readOptions/ReadOptionsDialog').then((module) => ({
    default: module.ReadOptionsDialog,
  })),
)

const VersionFailure_version = graphql(`
  fragment VersionFailure_version on DatasetVersion {
    id
    number
    error {
      code
      message
      hint
      line
    }
    readOptions {
      format
      encoding
      delimiter
      quote
      escape
      headerRows
      skippedRows
      decimalSeparator
      thousandsSeparator
      nullTokens
      sheet
    }
  }
`)

const RetryVersion = graphql(`
  mutation RetryVersion($input: RetryVersionInput!) {
    retryVersion(input: $input) {
      version {
        id
        status
      }
      errors {
        code
        message
        path
      }
    }
  }
`)

interface VersionFailureProps {
  version: FragmentType<typeof VersionFailure_version>
  /** A version whose columns the file probably has. */
  columnsOf: string | null
}

/** Why a version could not be read, and the ways to try again; nothing when it could be. */
export function VersionFailure(props: VersionFailureProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const problemText = useProblemText()
  const { id, number, error, readOptions } = readFragment(VersionFailure_version, props.version)
  const [retry, { loading }] = useMutation(RetryVersion)
  const mayRetry = useMay('WRITE')
  const [choosing, setChoosing] = useState(false)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  if (!error) return null

  async function submit(options: ReadOptionsInput | null) {
    setProblems([])
    try {
      const { data } = await retry({ variables: { input: { versionId: id, ...(options && { options }) } } })
      const payload = data?.retryVersion
      if (payload?.version) setChoosing(false)
      else setProblems(fieldProblems(payload?.errors ?? []))
    } catch (failure) {
      setProblems([requestProblem(errorText(failure))])
    }
  }

  return (
    <>
      <Alert severity="error">
        <AlertTitle>
          <VersionErrorText code={error.code} />
        </AlertTitle>
        <div lang="en">{error.message}</div>
        {error.line !== null && <div>{t('version.errorLine', { line: error.line })}</div>}
        {error.hint && <div lang="en">{error.hint}</div>}
        {mayRetry && (
        <Stack direction="row" useFlexGap sx={{ flexWrap: 'wrap', gap: 1, mt: 1, ml: -0.75 }}>
          <Button color="inherit" size="small" loading={loading && !choosing} onClick={() => submit(null)}>
            {t('version.retry')}
          </Button>
          <Button
            color="inherit"
            size="small"
            aria-haspopup="dialog"
            onClick={() => {
              setProblems([])
              setChoosing(true)
            }}
          >
            {t('version.retryWith')}
          </Button>
        </Stack>
        )}
      </Alert>
      {!choosing &&
        problems.map((problem) => (
          <Alert key={problem.message} severity="error">
            {problemText(problem)}
          </Alert>
        ))}
      {choosing && (
        <Suspense>
          <ReadOptionsDialog
            title={t('version.retryTitle', { number })}
            submitLabel={t('version.retry')}
            initial={draftOf(readOptions)}
            columnsOf={props.columnsOf}
            problems={problems}
            busy={loading}
            // An empty object tells "find all out" from "as before", which an absent one means.
            onSubmit={(draft) => submit(inputOf(draft) ?? {})}
            onClose={() => setChoosing(false)}
          />
        </Suspense>
      )}
    </>
  )
}
