import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
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
  localStorage.clear()
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

/** Beyond every test. */
const NEVER_MS = 2 ** 30

function queueFor(api: FakeApi, retryDelaysMs: readonly number[] = [0, 0], againDelaysMs = [NEVER_MS]): UploadQueue {
  return new UploadQueue({
    client: api.client(),
    dispatch: store.dispatch,
    digest: hashBlob,
    retryDelaysMs,
    againDelaysMs,
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

    expect(phases).toEqual(['WAITING', 'CHECKING', 'STARTING', 'SENDING', 'COMPLETING'])
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

describe('an upload that was interrupted goes on by itself', () => {
  /** Everything was sent, and the server is away for so many calls. */
  function awayFor(calls: number): FakeApi {
    const api = fakeApi()
    const complete = api.roots.mutation?.['completeUpload'] as () => unknown
    let left = calls
    api.roots.mutation = {
      ...api.roots.mutation,
      completeUpload: () => {
        left -= 1
        if (left >= 0) throw new Error('away')
        return complete()
      },
    }
    return api
  }

  it('after a pause, as often as it takes, without sending a part twice', async () => {
    const api = awayFor(3)
    await queueFor(api, [0, 0], [0]).add(DATASET, file())
    await vi.waitFor(() => expect(entries()).toEqual([]))
    expect(api.sentNames()).toEqual(['StartUpload', ...Array<string>(4).fill('CompleteUpload')])
    expect(storage.received).toHaveLength(partPaths().length)
  })

  it('as soon as the network is back', async () => {
    const api = awayFor(1)
    await queueFor(api).add(DATASET, file())
    expect(entries()).toMatchObject([{ phase: 'INTERRUPTED' }])
    globalThis.dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(entries()).toEqual([]))
    expect(api.sentNames()).toEqual(['StartUpload', 'CompleteUpload', 'CompleteUpload'])
  })

  it('not when it was paused meanwhile', async () => {
    const api = awayFor(1)
    const queue = queueFor(api)
    await queue.add(DATASET, file())
    queue.pause(entries()[0]?.id ?? '')
    globalThis.dispatchEvent(new Event('online'))
    await Promise.resolve()
    expect(entries()).toMatchObject([{ phase: 'PAUSED' }])
    expect(api.sentNames()).toEqual(['StartUpload', 'CompleteUpload'])
  })
})

describe('an upload that is stopped', () => {
  it('by its person goes on with what is missing only', async () => {
    const api = fakeApi()
    const queue = queueFor(api)
    let release = () => {}
    storage.hold = new Promise((resolve) => {
      release = resolve
    })
    const stopped = queue.add(DATASET, file())
    await vi.waitFor(() => expect(storage.mostAtOnce).toBe(3))
    queue.pause(entries()[0]?.id ?? '')
    await stopped
    expect(entries()).toMatchObject([{ phase: 'PAUSED', problem: null }])
    release()
    storage.hold = null
    await queue.resume(entries()[0]?.id ?? '')
    expect(entries()).toEqual([])
    expect(api.sentNames()).toEqual(['StartUpload', 'CompleteUpload'])
  })

  /** Breaks off in the middle, as closing the page would; what storage has is what it got. */
  async function leave(api: FakeApi) {
    storage.refusals.set('/part/4', [500])
    await queueFor(api, []).add(DATASET, file())
    expect(entries()).toMatchObject([{ phase: 'INTERRUPTED' }])
    const stored = [...storage.received]
    storage.received.length = 0
    store = createStore()
    api.roots.query = {
      upload: () => ({
        id: 'upload-1',
        partSizeBytes: PART_BYTES,
        expiresAt: '2999-01-01T00:00:00Z',
        parts: partPaths().map((path, index) => ({ number: index + 1, url: storage.url(path), headers: [] })),
        storedParts: stored.map(({ path, body }) => ({
          number: Number(path.split('/').at(-1)),
          etag: createHash('md5').update(body).digest('hex'),
          sizeBytes: body.length,
        })),
      }),
    }
    return stored.map(({ path }) => path)
  }

  it('by leaving the page goes on when its file is chosen again', async () => {
    const api = fakeApi()
    const stored = await leave(api)
    const queue = queueFor(api)
    await queue.findLeft()
    expect(entries()).toMatchObject([{ phase: 'LEFT', fileName: 'sales.csv', sizeBytes: CONTENT.length }])

    await queue.continueWith(entries()[0]?.id ?? '', file())
    expect(entries()).toEqual([])
    const missing = partPaths().filter((path) => !stored.includes(path))
    // What was on its way when the page was left may arrive after it was counted, and is sent again.
    expect([...new Set(storage.received.map(({ path }) => path))].toSorted()).toEqual(missing)
    expect(api.sentNames().filter((name) => name === 'StartUpload')).toHaveLength(1)
    expect(api.sent.at(-1)).toMatchObject({ name: 'CompleteUpload', variables: { input: { uploadId: 'upload-1' } } })
    await queue.findLeft()
    expect(entries()).toEqual([])
  })

  it.each([
    ['size', `${CONTENT}x`],
    ['content', CONTENT.replace('250', '260')],
  ])('by leaving the page does not go on with a file of another %s', async (_what, content) => {
    const api = fakeApi()
    await leave(api)
    const queue = queueFor(api)
    await queue.findLeft()
    await queue.continueWith(entries()[0]?.id ?? '', file(content))
    expect(entries()).toMatchObject([{ phase: 'LEFT', problem: { kind: 'otherFile' } }])
    expect(storage.received).toEqual([])
  })

  it('by leaving the page begins anew when the server has given it up', async () => {
    const api = fakeApi()
    await leave(api)
    api.roots.query = { upload: () => null }
    const queue = queueFor(api)
    await queue.findLeft()
    await queue.continueWith(entries()[0]?.id ?? '', file())
    expect(entries()).toEqual([])
    expect(api.sentNames().filter((name) => name === 'StartUpload')).toHaveLength(2)
    // What was on its way when the page was left may arrive late.
    expect(new Set(storage.received.map(({ path }) => path))).toEqual(new Set(partPaths()))
  })
})

describe('many files', () => {
  it('are sent two at a time, in their order', async () => {
    const api = fakeApi()
    const queue = queueFor(api)
    const adding = ['a', 'b', 'c', 'd'].map((name) => queue.add(DATASET, new File([CONTENT], name)))
    expect(entries().map(({ fileName, phase }) => [fileName, phase])).toEqual([
      ['a', 'CHECKING'],
      ['b', 'CHECKING'],
      ['c', 'WAITING'],
      ['d', 'WAITING'],
    ])
    await Promise.all(adding)
    expect(entries()).toEqual([])
    expect(api.sentNames().filter((name) => name === 'CompleteUpload')).toHaveLength(4)
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
