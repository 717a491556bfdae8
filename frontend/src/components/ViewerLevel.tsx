import Tooltip from '@mui/material/Tooltip'
import { createContext, useContext, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { AccessLevel } from '../gql/graphql'

const ViewerLevel = createContext<AccessLevel>('READ')

/** What the person may do with the dataset that is shown. */
export const ViewerLevelProvider = ViewerLevel.Provider

/** Each level includes those before it. */
const LEVELS: readonly AccessLevel[] = ['READ', 'WRITE', 'MANAGE']

export function useMay(level: AccessLevel): boolean {
  return LEVELS.indexOf(useContext(ViewerLevel)) >= LEVELS.indexOf(level)
}

interface NeedsProps {
  level: 'WRITE' | 'MANAGE'
  /** The control, given whether it has to be disabled. */
  children: (disabled: boolean) => ReactElement
}

/** A control that says why it cannot be used by somebody who lacks a level. */
export function Needs({ level, children }: NeedsProps) {
  const { t } = useTranslation()
  const may = useMay(level)
  if (may) return children(false)
  return (
    <Tooltip title={t(`needs.${level}`)}>
      {/* A disabled button has no events of its own, and the reason has to be reached with the keyboard too. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <span tabIndex={0} role="note" aria-label={t(`needs.${level}`)} style={{ display: 'inline-flex' }}>
        {children(true)}
      </span>
    </Tooltip>
  )
}
