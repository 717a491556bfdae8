import Autocomplete, { createFilterOptions } from '@mui/material/Autocomplete'
import FormControlLabel from '@mui/material/FormControlLabel'
import FormHelperText from '@mui/material/FormHelperText'
import MenuItem from '@mui/material/MenuItem'
import Stack from '@mui/material/Stack'
import Switch from '@mui/material/Switch'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useTranslation } from 'react-i18next'
import type { FieldProblem } from '../../../components/fieldProblems'
import { useMessageAt } from '../../../components/useProblemText'
import type { LogicalType, Severity } from '../../../gql/graphql'
import { ParameterField } from './ParameterField'
import { parametersOf } from './parameterShape'
import type { RuleDraft, RuleType } from './ruleDraft'
import { knownRuleType } from './ruleTypeNames'
import { keepForm } from './keepForm'
import { ThresholdFields } from './ThresholdFields'

const SEVERITIES: readonly Severity[] = ['ERROR', 'WARNING', 'INFO']

interface Column {
  fieldPath: string
  logicalType: LogicalType
}

interface RuleFieldsProps {
  draft: RuleDraft
  type: RuleType
  columns: readonly Column[]
  problems: readonly FieldProblem[]
  mayBlock: boolean
  onChange: (changes: Partial<RuleDraft>) => void
}

// Of thousands of columns a list shows those that match what is typed.
const filterColumns = createFilterOptions<string>({ limit: 100 })

/** What a rule is made of, once its type is chosen. */
export function RuleFields({ draft, type, columns, problems, mayBlock, onChange }: RuleFieldsProps) {
  const { t } = useTranslation()
  const messageAt = useMessageAt(problems)
  const known = knownRuleType(type.name)
  const parameters = parametersOf(type.parametersSchema)
  const types = new Map(columns.map(({ fieldPath, logicalType }) => [fieldPath, logicalType]))
  const [only] = draft.fieldPaths
  const several = type.maxFields === null || type.maxFields > 1
  const atColumns = messageAt('fieldPaths')
  const columnField = {
    options: columns.map(({ fieldPath }) => fieldPath),
    filterOptions: filterColumns,
    freeSolo: true,
    autoSelect: true,
    onKeyDown: keepForm,
    renderOption: (props: React.HTMLAttributes<HTMLLIElement> & { key: React.Key }, path: string) => {
      const { key, ...rest } = props
      const logicalType = types.get(path)
      return (
        <li key={key} {...rest}>
          <span style={{ flexGrow: 1, overflowWrap: 'anywhere' }}>{path}</span>
          {logicalType && (
            <Typography variant="caption" color="textSecondary" component="span" sx={{ pl: 2 }}>
              {t(`logicalType.${logicalType}`)}
            </Typography>
          )}
        </li>
      )
    },
  }
  const columnHelp = several
    ? type.minFields === 0
      ? t('quality.form.columnsOrNone')
      : t('quality.form.columnsInOrder')
    : type.minFields === 0
      ? t('quality.form.columnOrNone')
      : undefined

  return (
    <>
      <Typography color="textSecondary">
        {known ? t(`ruleTypes.${known}.lead`) : type.description} {known && <i>{t(`ruleTypes.${known}.example`)}</i>}
      </Typography>
      <TextField
        size="small"
        fullWidth
        required
        label={t('quality.form.name')}
        value={draft.name}
        error={messageAt('name') !== undefined}
        helperText={messageAt('name') ?? t('quality.form.nameHelp')}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      {type.maxFields !== 0 &&
        (several ? (
          <Autocomplete
            {...columnField}
            multiple
            value={[...draft.fieldPaths]}
            onChange={(_event, fieldPaths) => onChange({ fieldPaths })}
            renderInput={(params) => (
              <TextField {...params} size="small" label={t('quality.form.columns')} error={atColumns !== undefined} helperText={atColumns ?? columnHelp} />
            )}
          />
        ) : (
          <Autocomplete
            {...columnField}
            value={only ?? null}
            onChange={(_event, path) => onChange({ fieldPaths: path ? [path] : [] })}
            renderInput={(params) => (
              <TextField
                {...params}
                size="small"
                label={t('quality.form.column')}
                required={type.minFields > 0}
                error={atColumns !== undefined}
                helperText={atColumns ?? columnHelp}
              />
            )}
          />
        ))}
      {parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={draft.parameters[parameter.name]}
          columnType={(only !== undefined && types.get(only)) || null}
          columns={columns}
          message={messageAt(`parameters.${parameter.name}`)}
          onChange={(value) => onChange({ parameters: { ...draft.parameters, [parameter.name]: value } })}
        />
      ))}
      {type.hasOperator && <ThresholdFields draft={draft} type={type} messageAt={messageAt} onChange={onChange} />}
      <Stack direction={{ xs: 'column', sm: 'row' }} spacing={2}>
        <TextField
          select
          size="small"
          fullWidth
          label={t('quality.form.severity')}
          value={draft.severity}
          helperText={t(`severityHelp.${draft.severity}`)}
          onChange={(event) => onChange({ severity: SEVERITIES.find((one) => one === event.target.value) ?? 'ERROR' })}
        >
          {SEVERITIES.map((one) => (
            <MenuItem key={one} value={one}>
              {t(`severity.${one}`)}
            </MenuItem>
          ))}
        </TextField>
        {type.takesFilter && (
          <TextField
            size="small"
            fullWidth
            label={t('quality.form.filter')}
            value={draft.filter}
            error={messageAt('filter') !== undefined}
            helperText={messageAt('filter') ?? t('quality.form.filterHelp')}
            onChange={(event) => onChange({ filter: event.target.value })}
            slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: 'monospace' } } }}
          />
        )}
      </Stack>
      <div>
        <FormControlLabel
          control={
            <Switch
              checked={draft.blocksPublication}
              disabled={!mayBlock}
              onChange={(_event, blocksPublication) => onChange({ blocksPublication })}
            />
          }
          label={t('quality.form.blocks')}
        />
        <FormHelperText sx={{ mt: 0 }}>{mayBlock ? t('quality.form.blocksHelp') : t('needs.MANAGE')}</FormHelperText>
      </div>
    </>
  )
}
