import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStore, type Store } from '../../app/store'
import { FakeApi } from '../../testing/FakeApi'
import { ObjectStorage } from '../../testing/ObjectStorage'
import { versionSample } from '../../testing/samples'
import { hashBlob } from './hashBlob'
import { UploadQueue } from './UploadQueue'
import type { UploadEntry, UploadPhase } from './uploadsSlice'

const CONTENT = 'store,day,amount\n1,2026-01-01,100\n2,2026-01-01,250\n'
const PART_BYTES = 10
const DATASET = { id: 'dataset-1', slug: 'store-sales' }

let storage: ObjectStorage
let store: Store

beforeEach(async () => {
  storage = new ObjectStorage()
  await storage.start()
  store = createStore()
})

afterEach(() => storage.stop())

function partPaths(): string[] {
  return Array.from({ length: Math.ceil(CONTENT.length / PART_BYTES) }, (_, index) => `/part/${index + 1}`)
}

function fakeApi({ expiresAt = '2999-01-01T00:00:00Z' } = {}): FakeApi {
  return new FakeApi({
    mutation: {
      startUpload: () => ({
        upload: {
          id: 'upload-1',
          partSizeBytes: PART_BYTES,
          expiresAt,
          parts: partPaths().map((path, index) => ({
            number: index + 1,
            url: storage.url(path),
            headers: [{ name: 'x-amz-meta-part', value: String(index + 1) }],
          })),
        },
        version: versionSample({ number: 7, status: 'AWAITING_UPLOAD' }),
        errors: [],
      }),
      completeUpload: () => ({ version: versionSample({ number: 7, status: 'QUEUED' }), errors: [] }),
      abortUpload: () => ({ version: versionSample({ status: 'DELETED' }), errors: [] }),
    },
  })
}

function queueFor(api: FakeApi, retryDelaysMs: readonly number[] = [0, 0]): UploadQueue {
  return new UploadQueue({
    client: api.client(),
    dispatch: store.dispatch,
    digest: hashBlob,
    retryDelaysMs,
  })
}

function file(content: string = CONTENT): File {
  return new File([content], 'sales.csv', { type: 'text/csv' })
}

function entries(): UploadEntry[] {
  return store.getState().uploads.entries
}

/** The phases that the page has shown, in order, each once. */
function watchPhases(): UploadPhase[] {
  const phases: UploadPhase[] = []
  store.subscribe(() => {
    const phase = entries()[0]?.phase
    if (phase && phase !== phases.at(-1)) phases.push(phase)
  })
  return phases
}

const completedParts = () =>
  partPaths().map((path, index) => ({ number: index + 1, etag: storage.etag(path) }))

describe('an upload', () => {
  it('sends every part to storage, in pieces that make up the file, and completes with their ETags', async () => {
    const api = fakeApi()
    const phases = watchPhases()
    await queueFor(api).add(DATASET, file())

    expect(phases).toEqual(['CHECKING', 'STARTING', 'SENDING', 'COMPLETING'])
    expect(api.sent).toEqual([
      {
        name: 'StartUpload',
        variables: {
          input: {
            datasetId: 'dataset-1',
            fileName: 'sales.csv',
            sizeBytes: CONTENT.length,
            sha256: createHash('sha256').update(CONTENT).digest('hex'),
          },
        },
      },
      { name: 'CompleteUpload', variables: { input: { uploadId: 'upload-1', parts: completedParts() } } },
    ])
    const inOrder = partPaths().map((path) => storage.received.find((part) => part.path === path)?.body)
    expect(inOrder.join('')).toBe(CONTENT)
    expect(entries()).toEqual([])
  })

  it('sends the headers that were given for each part, and never the access token', async () => {
    await queueFor(fakeApi()).add(DATASET, file())
    const headers = storage.received.map(({ path, headers: sent }) => [
      path,
      sent['x-amz-meta-part'],
      sent.authorization,
    ])
    expect(headers.toSorted()).toEqual(
      partPaths().map((path, index) => [path, String(index + 1), undefined]),
    )
  })

  it('has three parts under way at once', async () => {
    let release = () => {}
    storage.hold = new Promise((resolve) => {
      release = resolve
    })
    const done = queueFor(fakeApi()).add(DATASET, file())
    await expect.poll(() => storage.mostAtOnce).toBe(3)
    release()
    await done
    expect(storage.received).toHaveLength(partPaths().length)
    expect(storage.mostAtOnce).toBe(3)
  })

  it('tries a part again that storage refuses twice', async () => {
    storage.refusals.set('/part/2', [500, 503])
    const api = fakeApi()
    await queueFor(api).add(DATASET, file())
    expect(api.sent.at(-1)).toEqual({
      name: 'CompleteUpload',
      variables: { input: { uploadId: 'upload-1', parts: completedParts() } },
    })
    expect(storage.received.filter(({ path }) => path === '/part/2')).toHaveLength(1)
  })

  it('is interrupted by a part that fails to the end, and resumes with what is missing only', async () => {
    storage.refusals.set('/part/5', [500, 500, 500])
    const api = fakeApi()
    const queue = queueFor(api)
    await queue.add(DATASET, file())

    const [interrupted] = entries()
    expect(interrupted).toMatchObject({
      phase: 'INTERRUPTED',
      problem: { kind: 'storage', status: 500 },
      versionNumber: 7,
    })
    expect(api.sentNames()).toEqual(['StartUpload'])
    const storedBefore = storage.received.map(({ path }) => path)
    expect(storedBefore).not.toContain('/part/5')

    await queue.resume(interrupted?.id ?? '')
    expect(entries()).toEqual([])
    expect(api.sentNames()).toEqual(['StartUpload', 'CompleteUpload'])
    expect(storage.received.map(({ path }) => path).toSorted()).toEqual(partPaths().toSorted())
  })

  it('starts anew when its addresses have expired', async () => {
    storage.refusals.set('/part/1', [403, 403, 403])
    const api = fakeApi({ expiresAt: '2020-01-01T00:00:00Z' })
    const queue = queueFor(api)
    await queue.add(DATASET, file())
    await queue.resume(entries()[0]?.id ?? '')
    expect(api.sentNames()).toEqual(['StartUpload', 'AbortUpload', 'StartUpload', 'CompleteUpload'])
    expect(entries()).toEqual([])
  })

  it('is refused with the server’s words, and nothing is sent', async () => {
    const api = new FakeApi({
      mutation: {
        startUpload: () => ({
          upload: null,
          version: null,
          errors: [{ code: 'INVALID_INPUT', message: 'The file is empty: there is nothing to upload.', path: null }],
        }),
      },
    })
    await queueFor(api).add(DATASET, file(''))
    expect(entries()).toMatchObject([
      {
        phase: 'REFUSED',
        problem: {
          kind: 'details',
          problems: [
            { code: 'INVALID_INPUT', message: 'The file is empty: there is nothing to upload.', field: null },
          ],
          changeable: false,
        },
      },
    ])
    expect(storage.received).toEqual([])
  })

  it('that is cancelled leaves the list and is aborted on the server', async () => {
    let release = () => {}
    storage.hold = new Promise((resolve) => {
      release = resolve
    })
    const api = fakeApi()
    const queue = queueFor(api)
    const done = queue.add(DATASET, file())
    await expect.poll(() => storage.mostAtOnce).toBe(3)
    await queue.cancel(entries()[0]?.id ?? '')
    await done
    release()
    expect(entries()).toEqual([])
    expect(api.sent.at(-1)).toEqual({
      name: 'AbortUpload',
      variables: { input: { uploadId: 'upload-1' } },
    })
    expect(api.sentNames()).not.toContain('CompleteUpload')
  })

  it('says that storage could not be reached', async () => {
    const api = fakeApi()
    const started = api.roots.mutation?.['startUpload'] as () => { upload: { parts: { url: string }[] } }
    const payload = started()
    await storage.stop()
    api.roots.mutation = { ...api.roots.mutation, startUpload: () => payload }
    await queueFor(api).add(DATASET, file())
    expect(entries()).toMatchObject([
      { phase: 'INTERRUPTED', problem: { kind: 'storage', status: 0 } },
    ])
    await storage.start()
  })
})

describe('the progress of an upload', () => {
  it('never exceeds the size of the file, and reaches it', async () => {
    storage.refusals.set('/part/3', [500])
    const sent: number[] = []
    store.subscribe(() => {
      const [entry] = entries()
      if (entry?.phase === 'SENDING') sent.push(entry.doneBytes)
    })
    await queueFor(fakeApi()).add(DATASET, file())
    expect(Math.max(...sent)).toBe(CONTENT.length)
    expect(sent.at(-1)).toBe(CONTENT.length)
  })
})
