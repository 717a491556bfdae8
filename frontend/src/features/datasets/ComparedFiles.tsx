import Chip from '@mui/material/Chip'
import Paper from '@mui/material/Paper'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { graphql, readFragment, type FragmentType } from '../../gql'
import type { ComparedFiles_versionFragment, FileRole } from '../../gql/graphql'
import { formatBytes, formatSignedPercent } from '../../lib/format'

const ComparedFiles_version = graphql(`
  fragment ComparedFiles_version on DatasetVersion {
    id
    files {
      id
      role
      name
      sizeBytes
      sha256
    }
  }
`)

type File = ComparedFiles_versionFragment['files'][number]

const ROLES: readonly FileRole[] = ['ORIGINAL', 'TABLE', 'REJECTS']

interface ComparedFilesProps {
  base: FragmentType<typeof ComparedFiles_version>
  head: FragmentType<typeof ComparedFiles_version>
}

/** The files of two versions beside each other, and whether their bytes are the same. */
export function ComparedFiles(props: ComparedFilesProps) {
  const { t, i18n } = useTranslation()
  const base = readFragment(ComparedFiles_version, props.base)
  const head = readFragment(ComparedFiles_version, props.head)
  const rows = ROLES.map((role) => ({
    role,
    before: base.files.find((one) => one.role === role),
    after: head.files.find((one) => one.role === role),
  })).filter(({ before, after }) => before ?? after)

  function change(before: File | undefined, after: File | undefined) {
    if (!before) return <Chip size="small" label={t('schemaChange.ADDED')} />
    if (!after) return <Chip size="small" label={t('schemaChange.REMOVED')} />
    if (before.sha256 === after.sha256) return <Chip size="small" color="success" variant="outlined" label={t('compare.sameBytes')} />
    const other = <Chip size="small" label={t('compare.otherBytes')} />
    if (before.sizeBytes === 0 || before.sizeBytes === after.sizeBytes) return other
    return (
      <>
        {other} {formatSignedPercent((after.sizeBytes - before.sizeBytes) / before.sizeBytes, i18n.language)}
      </>
    )
  }

  return (
    <>
      <Typography variant="h3">{t('overview.files')}</Typography>
      <TableContainer component={Paper} variant="outlined" tabIndex={0} role="region" aria-label={t('overview.files')}>
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>{t('compare.file')}</TableCell>
              <TableCell>{t('compare.before')}</TableCell>
              <TableCell>{t('compare.after')}</TableCell>
              <TableCell>{t('compare.change')}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map(({ role, before, after }) => (
              <TableRow key={role}>
                <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                  {t(`fileRole.${role}`)}
                </TableCell>
                <FileCell file={before} />
                <FileCell file={after} />
                <TableCell sx={{ whiteSpace: 'nowrap' }}>{change(before, after)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </>
  )
}

function FileCell({ file }: { file: File | undefined }) {
  const { i18n } = useTranslation()
  if (!file) return <TableCell>–</TableCell>
  return (
    <TableCell sx={{ overflowWrap: 'anywhere', minWidth: 140 }}>
      <bdi>{file.name}</bdi>
      <Typography variant="body2" color="textSecondary">
        {formatBytes(file.sizeBytes, i18n.language)} · <code title={`SHA-256 ${file.sha256}`}>{file.sha256.slice(0, 8)}</code>
      </Typography>
    </TableCell>
  )
}
