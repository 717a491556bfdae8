import { useMutation } from '@apollo/client/react'
import TuneIcon from '@mui/icons-material/Tune'
import Button from '@mui/material/Button'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fieldProblems, requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { draftOf, inputOf, optionsOf, type ReadOptionsDraft } from '../../components/readOptions/draft'
import { useErrorText } from '../../components/useErrorText'
import { useMay } from '../../components/ViewerLevel'
import { graphql, readFragment, type FragmentType } from '../../gql'

const ReadOptionsDialog = lazy(() =>
  import('../../components/readOptions/ReadOptionsDialog').then((module) => ({ default: module.ReadOptionsDialog })),
)

const RereadButton_version = graphql(`
  fragment RereadButton_version on DatasetVersion {
    id
    number
    status
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

const RereadVersion = graphql(`
  mutation RereadVersion($input: RereadVersionInput!) {
    rereadVersion(input: $input) {
      version {
        id
        number
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

interface RereadButtonProps {
  version: FragmentType<typeof RereadButton_version>
}

/** Has the stored file of a READY version read differently, as another version; nothing is sent again. */
export function RereadButton(props: RereadButtonProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { id, number, status, readOptions } = readFragment(RereadButton_version, props.version)
  const mayWrite = useMay('WRITE')
  const [reread, { loading }] = useMutation(RereadVersion)
  const [open, setOpen] = useState(false)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  // Formats that say themselves how they are read leave nothing to decide.
  if (!mayWrite || status !== 'READY' || readOptions === null || optionsOf(readOptions.format).length === 0) return null

  async function submit(draft: ReadOptionsDraft) {
    setProblems([])
    try {
      const { data } = await reread({ variables: { input: { versionId: id, options: inputOf(draft) ?? {} } } })
      const payload = data?.rereadVersion
      if (payload?.version) setOpen(false)
      else setProblems(fieldProblems(payload?.errors ?? []))
    } catch (failure) {
      setProblems([requestProblem(errorText(failure))])
    }
  }

  return (
    <>
      <Button
        size="small"
        color="inherit"
        startIcon={<TuneIcon />}
        aria-haspopup="dialog"
        onClick={() => {
          setProblems([])
          setOpen(true)
        }}
      >
        {t('version.reread')}
      </Button>
      {open && (
        <Suspense>
          <ReadOptionsDialog
            title={t('version.rereadTitle', { number })}
            submitLabel={t('version.rereadSubmit')}
            initial={draftOf(readOptions)}
            columnsOf={id}
            problems={problems}
            busy={loading}
            onSubmit={submit}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}
