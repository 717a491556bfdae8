import { useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '../../components/useProblemText'
import { VersionErrorText } from '../../components/VersionErrorText'
import { useMay } from '../../components/ViewerLevel'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { ReadAgainDialog } from './ReadAgainDialog'
import { useReadAgain } from './useReadAgain'
import { SaidText } from '../../components/SaidText'

const VersionFailure_version = graphql(`
  fragment VersionFailure_version on DatasetVersion {
    id
    number
    error {
      code
      message
      messagePhrase {
        code
        params
      }
      hint
      hintPhrase {
        code
        params
      }
      line
    }
    ...ReadAgainDialog_version
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
        messagePhrase {
          code
          params
        }
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
  const problemText = useProblemText()
  const version = readFragment(VersionFailure_version, props.version)
  const { id, number, error } = version
  const [retry, { loading }] = useMutation(RetryVersion)
  const mayRetry = useMay('WRITE')
  const again = useReadAgain(
    async (options) => (await retry({ variables: { input: { versionId: id, ...(options && { options }) } } })).data?.retryVersion,
  )
  if (!error) return null

  return (
    <>
      <Alert severity="error">
        <AlertTitle>
          <VersionErrorText code={error.code} />
        </AlertTitle>
        <div>
          <SaidText phrase={error.messagePhrase}>{error.message}</SaidText>
        </div>
        {error.line !== null && <div>{t('version.errorLine', { line: error.line })}</div>}
        {error.hint && (
          <div>
            <SaidText phrase={error.hintPhrase}>{error.hint}</SaidText>
          </div>
        )}
        {mayRetry && (
        <Stack direction="row" useFlexGap sx={{ flexWrap: 'wrap', gap: 1, mt: 1, ml: -0.75 }}>
          <Button color="inherit" size="small" loading={loading && !again.choosing} onClick={() => again.submit(null)}>
            {t('version.retry')}
          </Button>
          <Button
            color="inherit"
            size="small"
            aria-haspopup="dialog"
            onClick={again.choose}
          >
            {t('version.retryWith')}
          </Button>
        </Stack>
        )}
      </Alert>
      {!again.choosing &&
        again.problems.map((problem) => (
          <Alert key={problem.message} severity="error">
            {problemText(problem)}
          </Alert>
        ))}
      <ReadAgainDialog
        version={version}
        again={again}
        title={t('version.retryTitle', { number })}
        submitLabel={t('version.retry')}
        columnsOf={props.columnsOf}
        busy={loading}
      />
    </>
  )
}
