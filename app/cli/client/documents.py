"""The operations of this client."""

SIGN_IN = """mutation SignIn($input: SignInInput!) { signIn(input: $input) {
  session { accessToken viewer { email displayName } } mfaChallenge { expiresAt } errors { code message path } } }"""

SIGN_OUT = "mutation SignOut { signOut { errors { code message path } } }"

WHO_AM_I = "query WhoAmI { viewer { email displayName } }"

FIND_DATASETS = """query FindDatasets($text: String!, $after: String) {
  datasetBySlug(slug: $text) { id name slug }
  datasets(first: 100, after: $after, filter: { nameContains: $text }, orderBy: { field: CREATED_AT, direction: ASC }) {
    edges { node { id name slug } } pageInfo { hasNextPage endCursor } } }"""

CREATE_DATASET = """mutation CreateDataset($input: CreateDatasetInput!) { createDataset(input: $input) {
  dataset { id name slug } errors { code message path } } }"""

_UPLOAD = "id partSizeBytes expiresAt parts { number url headers { name value } }"
_STATE = "id number status stage progress error { code message }"
_VERSION = f"""{_STATE} label isCurrent rowCount columnCount rejectedRowCount warnings
  rejectedRows {{ line reason fieldPath text }} error {{ hint line }}
  readOptions {{ format compression encoding delimiter quote headerRows skippedRows decimalSeparator thousandsSeparator sheet }}"""

START_UPLOAD = f"""mutation StartUpload($input: StartUploadInput!) {{ startUpload(input: $input) {{
  upload {{ {_UPLOAD} }} version {{ {_STATE} }} errors {{ code message path }} }} }}"""

RESUME_UPLOAD = f"""query ResumeUpload($uploadId: ID!, $versionId: ID!) {{
  upload(id: $uploadId) {{ {_UPLOAD} storedParts {{ number etag sizeBytes }} }}
  datasetVersion(id: $versionId) {{ {_STATE} }} }}"""

COMPLETE_UPLOAD = f"""mutation CompleteUpload($input: CompleteUploadInput!) {{ completeUpload(input: $input) {{
  version {{ {_STATE} }} errors {{ code message path }} }} }}"""

ABORT_UPLOAD = f"""mutation AbortUpload($input: AbortUploadInput!) {{ abortUpload(input: $input) {{
  version {{ {_STATE} }} errors {{ code message path }} }} }}"""

VERSION_STATE = f"query VersionState($id: ID!) {{ datasetVersion(id: $id) {{ {_STATE} }} }}"

VERSION = f"query UploadedVersion($id: ID!) {{ datasetVersion(id: $id) {{ {_VERSION} }} }}"

PUBLISH = f"""mutation PublishVersion($input: PublishVersionInput!) {{ publishVersion(input: $input) {{
  version {{ {_VERSION} }} violations {{ message }} errors {{ code message path }} }} }}"""

STATUS_CHANGED = f"""subscription StatusChanged($datasetId: ID!) {{ datasetStatusChanged(datasetId: $datasetId) {{
  version {{ {_STATE} }} }} }}"""
