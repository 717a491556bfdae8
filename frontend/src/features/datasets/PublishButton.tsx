import { useApolloClient, useMutation } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import Button from '@mui/material/Button'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useProof } from '../../components/proof/useProof'
import { Needs } from '../../components/ViewerLevel'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { PublishVersionMutation, WhatBreaksQuery } from '../../gql/graphql'
import { BreakingChangesDialog } from './BreakingChangesDialog'
import { PublishRefusedDialog } from './PublishRefusedDialog'

const PublishButton_version = graphql(`
  fragment PublishButton_version on DatasetVersion {
    id
    number
    status
    isCurrent
  }
`)

const PublishVersion = graphql(`
  mutation PublishVersion($input: PublishVersionInput!) {
    publishVersion(input: $input) {
      version {
        id
        isCurrent
        publishedAt
        dataset {
          id
          status
          currentVersion {
            id
            number
          }
        }
      }
      violations {
        rule {
          id
          name
          dataset {
            id
            slug
          }
        }
        status
        message
        messagePhrase {
          code
          params
        }
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

const WhatBreaks = graphql(`
  query WhatBreaks($base: ID!, $head: ID!) {
    compareVersions(base: $base, head: $head) {
      schemaChanges {
        fieldPath
        change
        before
        after
        breaking
      }
    }
  }
`)

export type BreakingChange = WhatBreaksQuery['compareVersions']['schemaChanges'][number]

export interface CurrentVersion {
  id: string
  number: number
}

export type Violation = PublishVersionMutation['publishVersion']['violations'][number]

interface PublishButtonProps {
  version: FragmentType<typeof PublishButton_version>
  /** The version that readers get now; null while there is none. */
  current: CurrentVersion | null
}

/** Makes a version the one that readers get; an older one than they get now is rolled back to. */
export function PublishButton(props: PublishButtonProps) {
  const { t } = useTranslation()
  const version = readFragment(PublishButton_version, props.version)
  const client = useApolloClient()
  const [publish, { loading }] = useMutation(PublishVersion)
  const [violations, setViolations] = useState<readonly Violation[]>([])
  const [breaking, setBreaking] = useState<readonly BreakingChange[]>([])
  const [looking, setLooking] = useState(false)
  const { attempt, problem, dialog, forget } = useProof()

  if (version.status !== 'READY' || version.isCurrent) return null

  const isOlder = props.current !== null && version.number < props.current.number

  function submit(overrideReason: string | null) {
    return attempt(async () => {
      const { data } = await publish({
        variables: { input: { versionId: version.id, overrideReason } },
      })
      const payload = data?.publishVersion
      // A refusal for another reason leaves the dialog, and what was typed into it, as they are.
      if (payload && payload.errors.length === 0) setViolations(payload.violations)
      // `isCurrent` of the version that was current until now has changed too.
      if (payload?.version) await client.refetchQueries({ include: 'active' })
      return payload?.errors
    })
  }

  /** Readers of the current version are thought of first: what would break for them is named and asked about. */
  async function begin() {
    forget()
    const changes = props.current ? await changesSince(props.current.id) : []
    if (changes.length > 0) setBreaking(changes)
    else await submit(null)
  }

  async function changesSince(base: string) {
    setLooking(true)
    try {
      const { data } = await client.query({ query: WhatBreaks, variables: { base, head: version.id } })
      return data?.compareVersions.schemaChanges.filter((change) => change.breaking) ?? []
    } catch {
      // What cannot be compared (an old version whose columns are gone) is the gate's to decide, not this question's.
      return []
    } finally {
      setLooking(false)
    }
  }

  return (
    <>
      <Needs level="WRITE">
        {(disabled) => (
          <Button
            variant={isOlder ? 'outlined' : 'contained'}
            size="small"
            loading={loading || looking}
            disabled={disabled}
            onClick={() => void begin()}
          >
            {isOlder ? t('publish.rollBack') : t('publish.publish')}
          </Button>
        )}
      </Needs>
      {problem && violations.length === 0 && (
        <Alert severity="error" onClose={forget} sx={{ flexBasis: '100%' }}>
          {problem}
        </Alert>
      )}
      {breaking.length > 0 && (
        <BreakingChangesDialog
          changes={breaking}
          action={isOlder ? t('publish.rollBack') : t('publish.publish')}
          onConfirm={() => void submit(null)}
          onClose={() => setBreaking([])}
        />
      )}
      <PublishRefusedDialog
        violations={violations}
        problem={problem}
        busy={loading}
        onOverride={submit}
        onClose={() => setViolations([])}
      />
      {dialog}
    </>
  )
}
