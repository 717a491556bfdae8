import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { FakeApi, type Roots } from '../../testing/FakeApi'
import { renderPage } from '../../testing/renderPage'
import { connection, datasetSample, OWNER, versionSample } from '../../testing/samples'

const ROW_COUNT = {
  name: 'row_count',
  title: 'Row count',
  description: 'Counts rows.',
  dimension: 'COMPLETENESS',
  parametersSchema: { type: 'object', properties: {} },
  minFields: 0,
  maxFields: 0,
  needsOperator: true,
  hasOperator: true,
  takesFilter: false,
}

function sent(api: FakeApi, name: string): unknown[] {
  return api.sent.filter((one) => one.name === name).map(({ variables }) => variables)
}

/** The quality tab of a dataset with one READY version and no rules. */
function onDataset(query: NonNullable<Roots['query']>, mutation: NonNullable<Roots['mutation']> = {}): FakeApi {
  const version = versionSample({ isCurrent: true })
  const dataset = datasetSample({ currentVersion: version, versions: connection([version]), qualityRules: connection([]), checkSchedules: [] })
  return new FakeApi({
    query: { viewer: () => OWNER, datasetBySlug: () => dataset, dataset: () => dataset, datasetVersion: () => version, ...query },
    mutation,
  })
}

describe('templates of rules', () => {
  const template = {
    __typename: 'RuleTemplate',
    id: 'template-1',
    name: 'Finance',
    description: 'What all of finance promises.',
    tag: 'finance',
    semanticType: null,
    enabled: true,
    datasetCount: 2,
    ruleCount: 2,
    updatedAt: '2026-01-06T00:00:00Z',
    rules: [],
    datasets: [datasetSample()],
  }

  it('are bound to a tag with their rules; a refusal stands at its rule, and what was typed stays', async () => {
    const templates: object[] = []
    let tries = 0
    const api = new FakeApi({
      query: { viewer: () => OWNER, ruleTemplates: () => connection(templates), qualityRuleTypes: () => [ROW_COUNT], node: () => template },
      mutation: {
        createRuleTemplate: () => {
          tries += 1
          if (tries === 1) {
            const error = { code: 'INVALID_INPUT', message: 'The threshold is no count.', path: ['input', 'rules', '0', 'threshold'] }
            return { template: null, errors: [error] }
          }
          templates.push(template)
          return { template, errors: [] }
        },
      },
    })
    await renderPage(api, '/quality?view=templates')
    await userEvent.click(await screen.findByRole('button', { name: 'New template' }))
    const dialog = await screen.findByRole('dialog', { name: 'New template' })
    await userEvent.type(await within(dialog).findByRole('textbox', { name: 'Name' }), 'Finance')
    await userEvent.type(within(dialog).getByRole('textbox', { name: 'Tag' }), 'finance')
    expect(within(dialog).getByRole('button', { name: 'Create template' })).toBeDisabled()
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add rule' }))
    await userEvent.click(await screen.findByRole('button', { name: /^Row count/ }))
    await userEvent.type(await screen.findByRole('textbox', { name: 'Threshold' }), '0')
    await userEvent.click(screen.getByRole('button', { name: 'Take this rule' }))
    await userEvent.click(await within(dialog).findByRole('button', { name: 'Create template' }))
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('The threshold is no count.')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Create template' }))
    expect(await screen.findByText('Saved. Datasets follow within moments.')).toBeVisible()
    expect(sent(api, 'CreateRuleTemplate')[1]).toMatchObject({
      input: { name: 'Finance', tag: 'finance', rules: [{ type: 'row_count', operator: 'GREATER_OR_EQUAL', threshold: 0, fieldPaths: [] }] },
    })
    const card = await screen.findByRole('region', { name: 'Finance' })
    await userEvent.click(within(card).getByRole('button', { name: 'Datasets that follow' }))
    expect(await within(card).findByRole('link', { name: 'Store sales' })).toHaveAttribute('href', '/datasets/store-sales/quality')
  })

  it('are read by everybody, and changed by administrators alone', async () => {
    const api = new FakeApi({ query: { viewer: () => ({ ...OWNER, role: 'VIEWER' }), ruleTemplates: () => connection([template]) } })
    await renderPage(api, '/quality?view=templates', { language: 'ja' })
    const card = await screen.findByRole('region', { name: 'Finance' })
    expect(screen.getByText('テンプレートは管理者が管理します。')).toBeVisible()
    expect(within(card).getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['従うデータセット'])
  })
})

describe('on the quality tab of a dataset', () => {
  it('a schedule says when it would be due, there and here, before it is saved', async () => {
    const api = onDataset(
      { checkScheduleTimes: () => ['2026-03-28T05:00:00Z', '2026-03-29T04:00:00Z'] },
      { createCheckSchedule: () => ({ schedule: { id: 'schedule-1' }, errors: [] }) },
    )
    await renderPage(api, '/datasets/store-sales/quality?view=schedules')
    await userEvent.click(await screen.findByRole('button', { name: 'Add schedule' }))
    const zone = await screen.findByRole('combobox', { name: 'Time zone' })
    await userEvent.clear(zone)
    await userEvent.type(zone, 'Europe/Berlin')
    await waitFor(() => expect(sent(api, 'NextTimes').at(-1)).toEqual({ cron: '0 6 * * *', timezone: 'Europe/Berlin' }))
    const times = screen.getByRole('region', { name: 'It would be due' })
    await waitFor(() => expect(within(times).getAllByRole('listitem')).toHaveLength(2))
    expect(times).toHaveTextContent(/Mar 28, 06:00 AM UTC\+1.*Mar 29, 06:00 AM UTC\+2/)
    expect(times).toHaveTextContent('Clocks change in Europe/Berlin')
    await userEvent.click(screen.getByRole('button', { name: 'Add schedule' }))
    await waitFor(() =>
      expect(sent(api, 'CreateCheckSchedule')).toEqual([
        { input: { datasetId: 'dataset-1', cron: '0 6 * * *', timezone: 'Europe/Berlin', ruleIds: null } },
      ]),
    )
  })

  it('a suggestion is taken, and what cannot be is said', async () => {
    const suggestion = { key: 'nulls-id', name: 'id is never null', type: 'nulls', fieldPaths: ['id'], reason: 'All rows have it.', failingRowCount: 0 }
    const api = onDataset(
      { datasetVersion: () => versionSample({ suggestedRules: [suggestion] }) },
      { acceptQualityRuleSuggestion: () => ({ rule: null, errors: [{ code: 'LIMIT_EXCEEDED', message: 'Too many rules.' }] }) },
    )
    await renderPage(api, '/datasets/store-sales/quality?view=suggestions')
    await userEvent.click(await screen.findByRole('button', { name: 'Accept id is never null' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('Too many rules.')
    expect(sent(api, 'AcceptSuggestion')).toEqual([{ input: { versionId: 'version-1', key: 'nulls-id' } }])
  })

  it('a contract is applied only after a look at what it would change', async () => {
    const change = { kind: 'ADDED', key: 'a', name: 'Ids are unique', type: 'unique', fieldPaths: ['id'], properties: [] }
    const api = onDataset(
      { dataContract: () => ({ yaml: 'apiVersion: v3.1.0', notes: [] }) },
      {
        importDataContract: ({ input }: { input: { dryRun: boolean } }) => ({
          changes: { applied: !input.dryRun, unchangedCount: 2, describedFields: [], notes: [], rules: [change] },
          errors: [],
        }),
      },
    )
    await renderPage(api, '/datasets/store-sales/quality?view=contract')
    expect(await screen.findByRole('region', { name: 'This dataset as a contract' })).toHaveTextContent('apiVersion: v3.1.0')
    const apply = screen.getByRole('button', { name: 'Apply' })
    expect(apply).toBeDisabled()
    await userEvent.type(screen.getByRole('textbox', { name: 'Contract (YAML or JSON)' }), 'kind: DataContract')
    await userEvent.click(screen.getByRole('button', { name: 'Show what would change' }))
    expect(await screen.findByText('Ids are unique')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }))
    await waitFor(() =>
      expect(sent(api, 'ImportDataContract').map((one) => (one as { input: { dryRun: boolean } }).input.dryRun)).toEqual([true, false]),
    )
  })
})
