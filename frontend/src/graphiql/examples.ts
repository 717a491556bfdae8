/** Operations to start from, in the order in which a newcomer needs them. */

export interface Example {
  name: string
  query: string
  /** JSON text, as it stands in the variables editor. */
  variables: string
}

const VERSION_ID = 'an id from “Datasets”: currentVersion { id }'
const DATASET_ID = 'an id from “Datasets” or “Create a dataset”'

function json(variables: object): string {
  return JSON.stringify(variables, null, 2)
}

export const examples: readonly Example[] = [
  {
    name: 'Sign in',
    variables: json({ input: { email: 'admin@example.com', password: '' } }),
    query: `# The session's cookie is set by this; the other tabs use it from now on.
mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    session { expiresAt viewer { id email displayName role } }
    mfaChallenge { token expiresAt }
    errors { code message path }
  }
}
`,
  },
  {
    name: 'Datasets',
    variables: json({ filter: { status: ['ACTIVE', 'DRAFT'] } }),
    query: `# Newest first; give endCursor as $after for the next page.
query Datasets($first: Int! = 20, $after: String, $filter: DatasetFilter, $orderBy: DatasetOrder) {
  datasets(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    edges {
      cursor
      node {
        id name slug status updatedAt
        owner { id displayName }
        tags { name }
        currentVersion { id number rowCount }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    name: 'Search',
    variables: json({ query: 'sales', first: 20 }),
    query: `query SearchDatasets($query: String!, $first: Int!, $after: String, $filter: DatasetFilter) {
  searchDatasets(query: $query, first: $first, after: $after, filter: $filter) {
    totalCount degraded
    edges { score highlights { field fragment } node { id name slug } }
    facets { name buckets { value label count } }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    name: 'Create a dataset',
    variables: json({
      input: { name: 'Store sales', description: 'Sales by store and day.', tags: ['sales'] },
    }),
    query: `mutation CreateDataset($input: CreateDatasetInput!) {
  createDataset(input: $input) {
    dataset { id name slug status visibility createdAt }
    errors { code message path }
  }
}
`,
  },
  {
    name: 'Start an upload',
    variables: json({
      input: { datasetId: DATASET_ID, fileName: 'sales.csv', sizeBytes: 1024 },
    }),
    query: `# Then PUT the file's parts to the URLs, keep each answer's ETag, and call completeUpload:
#   curl -i -X PUT --data-binary @sales.csv "$URL"
mutation StartUpload($input: StartUploadInput!) {
  startUpload(input: $input) {
    upload { id partSizeBytes expiresAt parts { number url headers { name value } } }
    version { id number status }
    errors { code message path }
  }
}

# mutation CompleteUpload($input: CompleteUploadInput!) {
#   completeUpload(input: $input) { version { id number status } errors { code message path } }
# }
`,
  },
  {
    name: 'Watch the status',
    variables: json({ datasetId: null }),
    query: `# The present state first, then every change as it happens. datasetId null: all of your datasets.
subscription DatasetStatusChanged($datasetId: ID) {
  datasetStatusChanged(datasetId: $datasetId) {
    sequence occurredAt
    dataset { id name status }
    version { id number status stage progress error { code message hint line } }
  }
}
`,
  },
  {
    name: 'Rows of a version',
    variables: json({ versionId: VERSION_ID, first: 50, startRow: 1 }),
    query: `query Rows($versionId: ID!, $first: Int!, $startRow: BigInt) {
  datasetVersion(id: $versionId) {
    number rowCount
    rows(first: $first, startRow: $startRow) {
      columns { name type }
      rows
      firstRowNumber totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
  },
  {
    name: 'Publish a version',
    variables: json({ input: { versionId: VERSION_ID } }),
    query: `# Publishing an older version again is a rollback.
mutation PublishVersion($input: PublishVersionInput!) {
  publishVersion(input: $input) {
    version { id number isCurrent publishedAt dataset { id status } }
    violations { rule { id name } status message }
    errors { code message path }
  }
}
`,
  },
]
