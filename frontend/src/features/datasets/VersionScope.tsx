import Stack from '@mui/material/Stack'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { graphql, readFragment, type FragmentType } from '../../gql'
import { DataTab } from './DataTab'
import { ProfileTab } from './ProfileTab'
import { SchemaTab } from './SchemaTab'
import { VersionPicker } from './VersionPicker'

const VersionScope_version = graphql(`
  fragment VersionScope_version on DatasetVersion {
    id
    number
    status
    isCurrent
  }
`)

const TABS = { data: DataTab, profile: ProfileTab, schema: SchemaTab }

interface VersionScopeProps {
  versions: readonly FragmentType<typeof VersionScope_version>[]
  tab: keyof typeof TABS
  /** Shown while no version has data to look into. */
  otherwise: ReactNode
}

/** A tab that speaks of one version: the one in the address, else the published, else the newest. */
export function VersionScope(props: VersionScopeProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const versions = readFragment(VersionScope_version, props.versions).filter(
    ({ status }) => status === 'READY',
  )
  const chosen =
    versions.find(({ number }) => String(number) === search.get('version')) ??
    versions.find(({ isCurrent }) => isCurrent) ??
    versions[0]
  if (!chosen) return props.otherwise
  const Tab = TABS[props.tab]
  return (
    <Stack spacing={2}>
      <VersionPicker
        label={t('version.label')}
        versions={versions}
        number={chosen.number}
        onPick={(number) =>
          setSearch((before) => {
            before.set('version', String(number))
            before.delete('row')
            return before
          })
        }
      />
      <Tab key={chosen.id} versionId={chosen.id} />
    </Stack>
  )
}
