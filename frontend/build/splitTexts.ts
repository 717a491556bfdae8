/** Cuts the texts of a language in two: those of the pages that come first, and all others. */
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/**
 * Groups that neither the frame nor the list page uses: 5 KB (gzip) that they do without.
 * Pages and dialogs that use them are loaded by `withTexts`.
 */
const REST: readonly string[] = [
  'signIn',
  'account',
  'choosePassword',
  'myAccount',
  'picker',
  'access',
  'admin',
  'visibilityHelp',
  'createDataset',
  'dataset',
  'tabs',
  'overview',
  'version',
  'versionStatus',
  'versionStage',
  'versions',
  'publish',
  'rejected',
  'data',
  'rowView',
  'savedFilters',
  'preview',
  'activity',
  'activityAction',
  'profile',
  'schema',
  'logicalType',
  'readOptions',
  'readForm',
  'fileFormat',
  'compare',
  'compatibility',
  'schemaChange',
  'fileRole',
  'statistic',
  'problem',
  'versionError',
  'markdown',
  'settings',
  'conflict',
  'needs',
  'life',
  'metadata',
  'channels',
  'inbox',
  'contract',
  'suggestions',
  'schedules',
  'quickSearch',
  'templates',
  'incidents',
  'incidentState',
  'incidentPriority',
  'incidentStage',
  'qualityPage',
  'quality',
  'measure',
  'qualityError',
  'operator',
  'dimension',
  'severityHelp',
  'severity',
  'qualityRunStatus',
  'qualityStatus',
  'ruleOptions',
  'ruleParameters',
  'ruleTypes',
]

const TEXTS = /^(.*\/locales\/\w+\.json)\?texts=(first|rest)$/

export function splitTexts(): Plugin {
  return {
    name: 'split-texts',
    enforce: 'pre',
    load(id) {
      const [, file, part] = TEXTS.exec(id) ?? []
      if (!file) return null
      this.addWatchFile(file)
      const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
      const wanted = Object.entries(texts).filter(([group]) => REST.includes(group) === (part === 'rest'))
      return { code: `export default ${JSON.stringify(Object.fromEntries(wanted))}`, moduleType: 'js', map: null }
    },
  }
}
