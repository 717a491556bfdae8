import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

const KNOWN = {
  headline: 'headline',
  changes: 'changes',
  event: 'event',
  priority: 'priority',
  'dataset.name': 'datasetName',
  'dataset.slug': 'datasetSlug',
  'dataset.url': 'datasetUrl',
  'version.number': 'versionNumber',
  'version.label': 'versionLabel',
  'quality.url': 'qualityUrl',
  'opened.count': 'openedCount',
  'opened.list': 'openedList',
  'resolved.count': 'resolvedCount',
  'resolved.list': 'resolvedList',
  'open.count': 'openCount',
  time: 'time',
  'channel.name': 'channelName',
} as const

function isKnown(name: string): name is keyof typeof KNOWN {
  return Object.hasOwn(KNOWN, name)
}

/** What a variable of own words stands for; the server may know more than this page has words for. */
export function useVariableText(): (name: string, description: string) => string {
  const { t } = useTranslation()
  return useCallback((name, description) => (isKnown(name) ? t(`channels.variable.${KNOWN[name]}`) : description), [t])
}
