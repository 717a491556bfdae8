/** Things as the API answers them, complete enough for every page; a test changes what it is about. */

export const OWNER = {
  id: 'user-1',
  email: 'hana@example.com',
  displayName: 'Hana Sato',
  role: 'ADMIN',
  active: true,
  mfaEnabled: false,
}

export function datasetSample(changes: Record<string, unknown> = {}) {
  return {
    id: 'dataset-1',
    name: 'Store sales',
    slug: 'store-sales',
    description: 'Sales by store and day.',
    status: 'DRAFT',
    visibility: 'ORGANIZATION',
    autoPublish: false,
    createdAt: '2026-01-05T00:00:00Z',
    updatedAt: '2026-01-06T00:00:00Z',
    owner: OWNER,
    tags: [{ name: 'sales' }],
    viewerLevel: 'MANAGE',
    revision: 1,
    metadataEntries: [],
    health: null,
    publishedAt: null,
    sizeBytes: null,
    currentVersion: null,
    versions: connection([]),
    ...changes,
  }
}

export function versionSample(changes: Record<string, unknown> = {}) {
  return {
    id: 'version-1',
    number: 1,
    label: null,
    comment: null,
    status: 'READY',
    stage: null,
    progress: 1,
    isCurrent: false,
    createdAt: '2026-01-06T00:00:00Z',
    publishedAt: null,
    error: null,
    readOptions: null,
    rowCount: 1200,
    columnCount: 3,
    rejectedRowCount: 0,
    rejectedRows: [],
    warnings: [],
    files: [],
    schemaFields: [],
    profile: null,
    ...changes,
  }
}

export function connection<Node>(nodes: readonly Node[], changes: Record<string, unknown> = {}) {
  return {
    edges: nodes.map((node, index) => ({ cursor: `cursor-${index}`, node })),
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    ...changes,
  }
}

/** An answer of searchDatasets that finds nothing; the list page asks for its facets. */
export function nothingFound() {
  return { ...connection([]), facets: [], stateFacets: [], totalCount: 0, degraded: false }
}

export function viewer() {
  return OWNER
}
