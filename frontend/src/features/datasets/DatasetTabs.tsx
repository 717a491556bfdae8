import Tab from '@mui/material/Tab'
import Tabs from '@mui/material/Tabs'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'

export const datasetTabs = ['overview', 'data', 'profile', 'schema', 'quality', 'versions', 'activity', 'access', 'settings'] as const
export type DatasetTab = (typeof datasetTabs)[number]

interface DatasetTabsProps {
  slug: string
  tab: DatasetTab
  /** Kept when the tab changes, so that all tabs speak of the same version. */
  search: string
}

/** Links, not buttons: every tab has an address of its own. */
export function DatasetTabs({ slug, tab, search }: DatasetTabsProps) {
  const { t } = useTranslation()
  return (
    <Tabs
      value={tab}
      component="nav"
      aria-label={t('tabs.label')}
      variant="scrollable"
      sx={{ borderBottom: 1, borderColor: 'divider' }}
    >
      {datasetTabs.map((one) => (
        <Tab
          key={one}
          value={one}
          label={t(`tabs.${one}`)}
          component={Link}
          to={{ pathname: one === 'overview' ? `/datasets/${slug}` : `/datasets/${slug}/${one}`, search }}
        />
      ))}
    </Tabs>
  )
}
