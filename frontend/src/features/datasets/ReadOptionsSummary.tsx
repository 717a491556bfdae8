import Paper from '@mui/material/Paper'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import { FactList, type Fact } from '../../components/FactList'
import { graphql, readFragment, type FragmentType } from '../../gql'

const ReadOptionsSummary_version = graphql(`
  fragment ReadOptionsSummary_version on DatasetVersion {
    readOptions {
      format
      encoding
      compression
      sheet
      delimiter
      quote
      escape
      headerRows
      skippedRows
      decimalSeparator
      thousandsSeparator
      nullTokens
    }
  }
`)

/** Separators that nobody can see, by name. */
const INVISIBLE: Readonly<Record<string, string>> = { '\t': '⇥ (tab)', ' ': '␣ (space)' }

/** How the file was read: as found out by looking at it, or as told. */
export function ReadOptionsSummary(props: { version: FragmentType<typeof ReadOptionsSummary_version> }) {
  const { t } = useTranslation()
  const { readOptions } = readFragment(ReadOptionsSummary_version, props.version)
  if (!readOptions) return null
  const visible = (value: string | null) => (value === null ? null : (INVISIBLE[value] ?? value))
  const facts: Fact[] = [
    { label: t('readOptions.format'), value: readOptions.format },
    {
      label: t('readOptions.compression'),
      value: readOptions.compression === 'NONE' ? null : readOptions.compression,
    },
    { label: t('readOptions.sheet'), value: readOptions.sheet },
    { label: t('readOptions.encoding'), value: readOptions.encoding },
    { label: t('readOptions.delimiter'), value: visible(readOptions.delimiter) },
    { label: t('readOptions.quote'), value: visible(readOptions.quote) },
    { label: t('readOptions.escape'), value: visible(readOptions.escape) },
    { label: t('readOptions.headerRows'), value: readOptions.headerRows },
    { label: t('readOptions.skippedRows'), value: readOptions.skippedRows },
    { label: t('readOptions.decimalSeparator'), value: readOptions.decimalSeparator },
    { label: t('readOptions.thousandsSeparator'), value: visible(readOptions.thousandsSeparator) },
    {
      label: t('readOptions.nullTokens'),
      value: readOptions.nullTokens?.map((token) => (token === '' ? t('readOptions.emptyToken') : token)).join(', ') || null,
    },
    // An empty text: the file has no such character.
  ].filter(({ value }) => value !== null && value !== '')
  return (
    <Paper variant="outlined" component="section" sx={{ p: 2.5 }}>
      <Typography variant="h3" component="h2" sx={{ mb: 1.5 }}>
        {t('readOptions.title')}
      </Typography>
      <FactList facts={facts} />
    </Paper>
  )
}
