import type { UserRole } from '../../gql/graphql'

/** Lowest first. */
export const ROLES: readonly UserRole[] = ['VIEWER', 'EDITOR', 'ADMIN']
