import { skipToken, useQuery } from '@apollo/client/react'
import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import LinearProgress from '@mui/material/LinearProgress'
import Stack from '@mui/material/Stack'
import Typography from '@mui/material/Typography'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { inputOf, type ReadOptionsDraft } from '../../components/readOptions/draft'
import { useErrorText } from '../../components/useErrorText'
import { VersionErrorText } from '../../components/VersionErrorText'
import { graphql } from '../../gql'
import type { LogicalType } from '../../gql/graphql'
import { formatInteger } from '../../lib/format'
import { HEAD_BYTES, readHead } from './fileHead'
import { PreviewTable } from './PreviewTable'
import { SaidText } from '../../components/SaidText'

const PreviewFile = graphql(`
  query PreviewFile($input: PreviewFileInput!) {
    previewFile(input: $input) {
      readOptions {
        format
        encoding
        delimiter
        headerRows
      }
      columns {
        name
        type
      }
      rows
      rejectedRowCount
      rejectedRows {
        line
        reason
        reasonPhrase {
          code
          params
        }
      }
      warningPhrases {
        message
        code
        params
      }
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
    }
  }
`)

/** So long after the last change of an option the file is read again. */
const SETTLE_MS = 400

const DELIMITERS: Record<string, string> = { '\t': '⇥', ' ': '␠' }

interface FilePreviewProps {
  file: File
  draft: ReadOptionsDraft
  onChange: (change: Partial<ReadOptionsDraft>) => void
}

/** The first rows of a file as they would be read, before anything of it is uploaded. */
export function FilePreview({ file, draft, onChange }: FilePreviewProps) {
  const { t, i18n } = useTranslation()
  const errorText = useErrorText()
  const [head, setHead] = useState<string | null>(null)
  const [unreadable, setUnreadable] = useState(false)
  const options = JSON.stringify(inputOf(draft))
  const [settled, setSettled] = useState(options)
  useEffect(() => {
    let wanted = true
    readHead(file).then(
      (read) => wanted && setHead(read),
      () => wanted && setUnreadable(true),
    )
    return () => {
      wanted = false
    }
  }, [file])
  useEffect(() => {
    const timer = setTimeout(() => setSettled(options), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [options])
  const isWhole = file.size <= HEAD_BYTES
  const { data, previousData, error, loading } = useQuery(
    PreviewFile,
    head
      ? {
          variables: { input: { head, isWhole, fileName: file.name, options: JSON.parse(settled) as ReturnType<typeof inputOf> } },
          fetchPolicy: 'no-cache',
        }
      : skipToken,
  )
  const preview = (data ?? previousData)?.previewFile
  const busy = loading || settled !== options || (head === null && !unreadable)
  const found = preview?.readOptions

  return (
    <Box component="section" aria-label={t('preview.title')} aria-busy={busy}>
      <Stack direction="row" useFlexGap sx={{ flexWrap: 'wrap', gap: 1, alignItems: 'center', mb: 1 }}>
        <Typography variant="h3" component="h3" sx={{ flexGrow: 1 }}>
          {t('preview.title')}
        </Typography>
        {found?.format && <Chip size="small" label={t(`fileFormat.${found.format}`)} />}
        {found?.encoding && <Chip size="small" label={found.encoding} />}
        {found?.delimiter && (
          <Chip size="small" label={`${t('readOptions.delimiter')}: ${DELIMITERS[found.delimiter] ?? found.delimiter}`} />
        )}
        {found?.headerRows === 0 && <Chip size="small" label={t('preview.noHeader')} />}
      </Stack>
      <Box sx={{ height: 4, mb: 1 }}>{busy && <LinearProgress aria-label={t('loading')} />}</Box>
      {unreadable && <Alert severity="error">{t('preview.unreadable')}</Alert>}
      {error && <Alert severity="warning">{errorText(error)}</Alert>}
      {preview?.error && (
        <Alert severity={isWhole ? 'error' : 'info'}>
          {isWhole ? (
            <>
              <AlertTitle>
                <VersionErrorText code={preview.error.code} />
              </AlertTitle>
              <div>
                <SaidText phrase={preview.error.messagePhrase}>{preview.error.message}</SaidText>
              </div>
              {preview.error.line !== null && <div>{t('version.errorLine', { line: preview.error.line })}</div>}
              {preview.error.hint && (
                <div>
                  <SaidText phrase={preview.error.hintPhrase}>{preview.error.hint}</SaidText>
                </div>
              )}
            </>
          ) : (
            t('preview.notFromBeginning')
          )}
        </Alert>
      )}
      {preview && preview.columns.length > 0 && (
        <>
          <PreviewTable
            columns={preview.columns}
            rows={preview.rows}
            types={draft.types}
            onType={(name, type) => onChange({ types: withType(draft.types, name, type) })}
          />
          <Typography variant="caption" color="textSecondary">
            {isWhole ? t('preview.whole') : t('preview.beginning')}
          </Typography>
          {preview.rejectedRowCount > 0 && (
            <Alert severity="warning" sx={{ mt: 1 }}>
              {t('preview.rejected', {
                count: preview.rejectedRowCount,
                amount: formatInteger(preview.rejectedRowCount, i18n.language),
              })}
              {preview.rejectedRows.slice(0, 3).map(({ line, reason, reasonPhrase }) => (
                <div key={`${line} ${reason}`}>
                  {t('version.errorLine', { line })}: <SaidText phrase={reasonPhrase}>{reason}</SaidText>
                </div>
              ))}
            </Alert>
          )}
          {preview.warningPhrases.length > 0 && (
            <Alert severity="info" sx={{ mt: 1 }}>
              {preview.warningPhrases.map((warning) => (
                <div key={warning.message}>
                  <SaidText phrase={warning}>{warning.message}</SaidText>
                </div>
              ))}
            </Alert>
          )}
        </>
      )}
    </Box>
  )
}

function withType(
  types: Readonly<Record<string, LogicalType>>,
  name: string,
  type: LogicalType | null,
): Readonly<Record<string, LogicalType>> {
  const { [name]: _before, ...others } = types
  return type === null ? others : { ...others, [name]: type }
}
