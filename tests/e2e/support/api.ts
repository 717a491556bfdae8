/** The API as a program uses it, to prepare what a test is about. */

export const ADMIN = {
  email: process.env['DATAKURA_ADMIN_EMAIL'] ?? '',
  password: process.env['DATAKURA_ADMIN_PASSWORD'] ?? '',
}

const URL_OF_SYSTEM = process.env['DATAKURA_E2E_URL'] ?? ''

interface Answer<Data> {
  data?: Data
  errors?: { message: string }[]
}

interface Problem {
  code: string
  message: string
}

/** Signed in as the administrator, without a browser. */
export class Api {
  #token = ''

  static async signIn(): Promise<Api> {
    const api = new Api()
    const { signIn } = await api.ask<{ signIn: { session: { accessToken: string } | null; errors: Problem[] } }>(
      'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } errors { code message } } }',
      { input: ADMIN },
    )
    if (!signIn.session) throw new Error(`sign-in refused: ${JSON.stringify(signIn.errors)}`)
    api.#token = signIn.session.accessToken
    return api
  }

  async ask<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await fetch(`${URL_OF_SYSTEM}/graphql`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(this.#token && { Authorization: `Bearer ${this.#token}` }),
      },
      body: JSON.stringify({ query, variables }),
    })
    const answer = (await response.json()) as Answer<Data>
    if (answer.errors || !answer.data) throw new Error(JSON.stringify(answer.errors))
    return answer.data
  }

  /** A new dataset; every name is used once, so a test adds something of its own. */
  async createDataset(input: { name: string } & Record<string, unknown>): Promise<{ id: string; slug: string }> {
    const { createDataset } = await this.ask<{
      createDataset: { dataset: { id: string; slug: string } | null; errors: Problem[] }
    }>(
      'mutation ($input: CreateDatasetInput!) { createDataset(input: $input) { dataset { id slug } errors { code message } } }',
      { input },
    )
    if (!createDataset.dataset) throw new Error(JSON.stringify(createDataset.errors))
    return createDataset.dataset
  }

  /** The bytes as a version that has been read, whatever came of it; its id. */
  async upload(datasetId: string, fileName: string, content: string): Promise<string> {
    const bytes = Buffer.from(content)
    const { startUpload } = await this.ask<{
      startUpload: {
        upload: {
          id: string
          partSizeBytes: number
          parts: { number: number; url: string; headers: { name: string; value: string }[] }[]
        } | null
        version: { id: string } | null
        errors: Problem[]
      }
    }>(
      `mutation ($input: StartUploadInput!) { startUpload(input: $input) {
        upload { id partSizeBytes parts { number url headers { name value } } } version { id } errors { code message }
      } }`,
      { input: { datasetId, fileName, sizeBytes: bytes.length } },
    )
    const { upload, version } = startUpload
    if (!upload || !version) throw new Error(JSON.stringify(startUpload.errors))
    const parts = []
    for (const { number, url, headers } of upload.parts) {
      const body = bytes.subarray((number - 1) * upload.partSizeBytes, number * upload.partSizeBytes)
      const stored = await fetch(url, {
        method: 'PUT',
        headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])),
        body,
      })
      parts.push({ number, etag: stored.headers.get('ETag') ?? '' })
    }
    await this.ask('mutation ($input: CompleteUploadInput!) { completeUpload(input: $input) { errors { code message } } }', {
      input: { uploadId: upload.id, parts },
    })
    for (;;) {
      const { datasetVersion } = await this.ask<{ datasetVersion: { status: string } }>(
        'query ($id: ID!) { datasetVersion(id: $id) { status } }',
        { id: version.id },
      )
      if (!['AWAITING_UPLOAD', 'QUEUED', 'PROCESSING'].includes(datasetVersion.status)) return version.id
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  async publish(versionId: string): Promise<void> {
    const { publishVersion } = await this.ask<{ publishVersion: { errors: Problem[] } }>(
      'mutation ($input: PublishVersionInput!) { publishVersion(input: $input) { errors { code message } } }',
      { input: { versionId } },
    )
    if (publishVersion.errors.length > 0) throw new Error(JSON.stringify(publishVersion.errors))
  }
}
