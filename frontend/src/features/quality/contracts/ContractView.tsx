import { useMutation, useQuery } from '@apollo/client/react'
import DownloadIcon from '@mui/icons-material/FileDownload'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Skeleton from '@mui/material/Skeleton'
import Stack from '@mui/material/Stack'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Reasoned } from '../../../components/Reasoned'
import { ErrorState } from '../../../components/ErrorState'
import { useDraft } from '../../../components/useDraft'
import { Needs } from '../../../components/ViewerLevel'
import { graphql } from '../../../gql'
import type { ImportDataContractMutation } from '../../../gql/graphql'
import { QualityTabQuery } from '../qualityTabQuery'
import { useRuleTypeTitle } from '../rules/useRuleTypeText'
import { useAttempt } from '../useAttempt'
import { SaidText } from '../../../components/SaidText'

const DataContractQuery = graphql(`
  query DataContract($datasetId: ID!) {
    dataContract(datasetId: $datasetId) {
      yaml
    }
  }
`)

const ImportDataContract = graphql(`
  mutation ImportDataContract($input: ImportDataContractInput!) {
    importDataContract(input: $input) {
      changes {
        applied
        unchangedCount
        describedFields
        notePhrases {
          message
          code
          params
        }
        rules {
          kind
          key
          name
          type
          fieldPaths
          properties {
            name
            before
            after
          }
        }
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

type Changes = NonNullable<ImportDataContractMutation['importDataContract']['changes']>

/** As long as one piece may be. */
const PIECE = 60_000
const COLORS = { ADDED: 'success', CHANGED: 'warning', REMOVED: 'error' } as const

function isText(kept: unknown): kept is string {
  return typeof kept === 'string'
}

/** Cut between characters, not within one of two code units. */
function piecesOf(text: string): string[] {
  const characters = [...text]
  const pieces: string[] = []
  // A character has at most four bytes.
  for (let at = 0; at < characters.length; at += PIECE / 4) pieces.push(characters.slice(at, at + PIECE / 4).join(''))
  return pieces
}

interface ContractViewProps {
  datasetId: string
  slug: string
}

/** A dataset's rules as a contract: to be taken away, and to be brought, after a look at what would change. */
export default function ContractView({ datasetId, slug }: ContractViewProps) {
  const { t } = useTranslation()
  const { attempt, problem } = useAttempt()
  const { data, error, refetch } = useQuery(DataContractQuery, { variables: { datasetId }, fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' })
  const [text, keep] = useDraft(`contract.${datasetId}`, isText)
  const [changes, setChanges] = useState<Changes | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const [send, sending] = useMutation(ImportDataContract)

  function submit(dryRun: boolean) {
    return attempt(async () => {
      const { data: done } = await send({
        variables: { input: { datasetId, yaml: piecesOf(text ?? ''), dryRun } },
        ...(!dryRun && { refetchQueries: [QualityTabQuery, DataContractQuery] }),
      })
      const payload = done?.importDataContract
      setChanges(payload?.changes ?? null)
      if (!dryRun && payload?.errors.length === 0) keep(null)
      return payload?.errors
    })
  }

  function download(yaml: string) {
    const address = URL.createObjectURL(new Blob([yaml], { type: 'application/yaml' }))
    const link = document.createElement('a')
    link.href = address
    link.download = `${slug}.odcs.yaml`
    link.click()
    URL.revokeObjectURL(address)
  }

  if (error && !data) return <ErrorState title={t('contract.failed')} error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton variant="rounded" height={320} role="progressbar" aria-label={t('loading')} />
  const contract = data.dataContract
  return (
    <Box sx={{ display: 'grid', gap: 2.5, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) minmax(0, 1fr)' } }}>
      <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
        <Stack direction="row" sx={{ alignItems: 'center', justifyContent: 'space-between', mb: 1 }}>
          <Typography variant="h2">{t('contract.export')}</Typography>
          <Button startIcon={<DownloadIcon />} disabled={!contract?.yaml} onClick={() => contract?.yaml && download(contract.yaml)}>
            {t('contract.download')}
          </Button>
        </Stack>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 1.5 }}>
          {t('contract.exportLead')}
        </Typography>
        {contract?.yaml ? (
          <Box
            component="pre"
            tabIndex={0}
            role="region"
            aria-label={t('contract.export')}
            sx={{ m: 0, p: 1.5, maxHeight: 460, overflow: 'auto', bgcolor: 'action.hover', borderRadius: 1, fontSize: '0.8125rem' }}
          >
            {contract.yaml}
          </Box>
        ) : (
          <Alert severity="info">{t('contract.hidden')}</Alert>
        )}
      </Paper>
      <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
        <Typography variant="h2" sx={{ mb: 1 }}>
          {t('contract.import')}
        </Typography>
        <Typography variant="body2" color="textSecondary" sx={{ mb: 1.5 }}>
          {t('contract.importLead')}
        </Typography>
        <Stack spacing={2}>
          {problem && <Alert severity="error">{problem}</Alert>}
          <Button variant="outlined" sx={{ alignSelf: 'flex-start' }} onClick={() => input.current?.click()}>
            {t('contract.choose')}
          </Button>
          <input
            ref={input}
            type="file"
            hidden
            accept=".yaml,.yml,.json"
            aria-label={t('contract.choose')}
            onChange={(event) => {
              const [file] = event.target.files ?? []
              // The same file may be chosen again once it was changed.
              event.target.value = ''
              setChanges(null)
              if (file) void file.text().then(keep)
            }}
          />
          <TextField
            label={t('contract.text')}
            value={text ?? ''}
            multiline
            minRows={6}
            maxRows={16}
            onChange={(event) => {
              setChanges(null)
              keep(event.target.value === '' ? null : event.target.value)
            }}
            slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace', fontSize: '0.8125rem' } } }}
          />
          <Stack direction="row" spacing={1}>
            <Needs level="WRITE">
              {(disabled) => (
                <Reasoned reason={disabled || text ? null : t('contract.needsText')}>
                  {(empty) => (
                    <Button variant="outlined" disabled={disabled || empty} loading={sending.loading} onClick={() => submit(true)}>
                      {t('contract.dryRun')}
                    </Button>
                  )}
                </Reasoned>
              )}
            </Needs>
            <Needs level="WRITE">
              {(disabled) => (
                // What would change has to be seen first.
                <Reasoned
                  reason={
                    disabled ? null : !text ? t('contract.needsText') : !changes ? t('contract.dryRunFirst') : changes.applied ? t('contract.isApplied') : null
                  }
                >
                  {(early) => (
                    <Button variant="contained" disabled={disabled || early} loading={sending.loading} onClick={() => submit(false)}>
                      {t('contract.apply')}
                    </Button>
                  )}
                </Reasoned>
              )}
            </Needs>
          </Stack>
          {changes && <ContractChanges changes={changes} />}
        </Stack>
      </Paper>
    </Box>
  )
}

function ContractChanges({ changes }: { changes: Changes }) {
  const { t } = useTranslation()
  const typeTitle = useRuleTypeTitle()
  return (
    <Box aria-live="polite">
      <Typography variant="h3" sx={{ mb: 1 }}>
        {changes.applied ? t('contract.applied') : t('contract.wouldChange')}
      </Typography>
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
        {t('contract.unchanged', { count: changes.unchangedCount })}
      </Typography>
      <Stack component="ul" spacing={1} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {changes.rules.map((rule) => (
          <Box component="li" key={`${rule.kind}${rule.key}`}>
            <Chip size="small" variant="outlined" color={COLORS[rule.kind]} label={t(`contract.kinds.${rule.kind}`)} sx={{ mr: 1 }} />
            <b>
              <bdi>{rule.name}</bdi>
            </b>{' '}
            <Typography component="span" variant="body2" color="textSecondary">
              {[typeTitle(rule.type), rule.fieldPaths.join(', ')].filter(Boolean).join(' · ')}
            </Typography>
            {rule.properties.map((one) => (
              <Typography key={one.name} variant="body2" sx={{ pl: 2, overflowWrap: 'anywhere' }}>
                <code>{one.name}</code>: <del>{JSON.stringify(one.before)}</del> → <ins>{JSON.stringify(one.after)}</ins>
              </Typography>
            ))}
          </Box>
        ))}
      </Stack>
      {changes.notePhrases.map((note) => (
        <Alert key={note.message} severity="info" sx={{ mt: 1 }}>
          <SaidText phrase={note}>{note.message}</SaidText>
        </Alert>
      ))}
    </Box>
  )
}
