import { useMutation } from '@apollo/client/react'
import TuneIcon from '@mui/icons-material/Tune'
import Button from '@mui/material/Button'
import { useTranslation } from 'react-i18next'
import { optionsOf } from '../../components/readOptions/draft'
import { useMay } from '../../components/ViewerLevel'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { ReadAgainDialog } from './ReadAgainDialog'
import { useReadAgain } from './useReadAgain'

const RereadButton_version = graphql(`
  fragment RereadButton_version on DatasetVersion {
    id
    number
    status
    readOptions {
      format
    }
    ...ReadAgainDialog_version
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
        messagePhrase {
          code
          params
        }
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
  const version = readFragment(RereadButton_version, props.version)
  const { id, number, status, readOptions } = version
  const mayWrite = useMay('WRITE')
  const [reread, { loading }] = useMutation(RereadVersion)
  const again = useReadAgain(
    async (options) => (await reread({ variables: { input: { versionId: id, options: options ?? {} } } })).data?.rereadVersion,
  )
  // Formats that say themselves how they are read leave nothing to decide.
  if (!mayWrite || status !== 'READY' || readOptions === null || optionsOf(readOptions.format).length === 0) return null

  return (
    <>
      <Button
        size="small"
        color="inherit"
        startIcon={<TuneIcon />}
        aria-haspopup="dialog"
        onClick={again.choose}
      >
        {t('version.reread')}
      </Button>
      <ReadAgainDialog
        version={version}
        again={again}
        title={t('version.rereadTitle', { number })}
        submitLabel={t('version.rereadSubmit')}
        columnsOf={id}
        busy={loading}
      />
    </>
  )
}
