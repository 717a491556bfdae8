/** Takes files from the page to object storage, and tells the store how far each has come. */
import type { ApolloClient } from '@apollo/client'
import type { Dispatch } from '@reduxjs/toolkit'
import { fieldProblems, requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { inputOf } from '../../components/readOptions/draft'
import type { StartUploadInput, StartUploadMutation } from '../../gql/graphql'
import { describeError } from '../../graphql/describeError'
import { hashInWorker, type Digest } from './hashInWorker'
import { AbortUpload, CompleteUpload, StartUpload } from './operations'
import { PartRefused } from './putPart'
import { RETRY_DELAYS_MS, transferParts } from './transferParts'
import {
  uploadAdded,
  uploadChanged,
  uploadRemoved,
  type UploadDetails,
  type UploadEntry,
  type UploadProblem,
} from './uploadsSlice'

/** Inputs of startUpload that nobody types. */
const OF_THE_FILE: readonly string[] = ['datasetId', 'fileName', 'sizeBytes', 'sha256']

type Started = NonNullable<StartUploadMutation['startUpload']['upload']>

interface Job {
  id: string
  datasetId: string
  file: File
  details: UploadDetails | null
  sha256: string | null
  started: Started | null
  stored: Map<number, string>
  controller: AbortController
}

export interface QueueServices {
  client: ApolloClient
  dispatch: Dispatch
  digest?: Digest
  retryDelaysMs?: readonly number[]
}

/** The server said no to this file; trying the same again would not help. */
class Refused extends Error {
  readonly problem: FieldProblem

  constructor(problems: FieldProblem[]) {
    super(problems[0]?.message)
    this.problem = problems[0] ?? requestProblem('')
  }
}

/** The server said no to what was said about this file. */
class DetailsRefused extends Error {
  readonly problems: FieldProblem[]

  constructor(problems: FieldProblem[]) {
    super(problems[0]?.message)
    this.problems = problems
  }
}

/** Empty unless a detail was given: an absent one is the server's to choose. */
function inputOfDetails(details: UploadDetails | null): Pick<StartUploadInput, 'label' | 'comment' | 'options'> {
  if (!details) return {}
  const label = details.label.trim()
  const comment = details.comment.trim()
  const options = inputOf(details.options)
  return { ...(label && { label }), ...(comment && { comment }), ...(options && { options }) }
}

function describeProblem(error: unknown): UploadProblem {
  if (error instanceof PartRefused) return { kind: 'storage', status: error.status }
  if (error instanceof DetailsRefused) return { kind: 'details', problems: error.problems, changeable: true }
  if (error instanceof Refused) return { kind: 'details', problems: [error.problem], changeable: false }
  return describeError(error)
}

export class UploadQueue {
  readonly #jobs = new Map<string, Job>()
  readonly #client: ApolloClient
  readonly #dispatch: Dispatch
  readonly #digest: Digest
  readonly #retryDelaysMs: readonly number[]

  constructor({ client, dispatch, digest, retryDelaysMs }: QueueServices) {
    this.#client = client
    this.#dispatch = dispatch
    this.#digest = digest ?? hashInWorker
    this.#retryDelaysMs = retryDelaysMs ?? RETRY_DELAYS_MS
  }

  /** Starts at once; resolves when the file is stored (and off the list), interrupted, refused or cancelled. */
  add(
    dataset: { id: string; slug: string },
    file: File,
    details: UploadDetails | null = null,
  ): Promise<void> {
    const id = crypto.randomUUID()
    const job: Job = {
      id,
      datasetId: dataset.id,
      file,
      details,
      sha256: null,
      started: null,
      stored: new Map(),
      controller: new AbortController(),
    }
    this.#jobs.set(id, job)
    this.#dispatch(
      uploadAdded({
        id,
        datasetId: dataset.id,
        datasetSlug: dataset.slug,
        fileName: file.name,
        sizeBytes: file.size,
        details,
        phase: 'CHECKING',
        doneBytes: 0,
        versionNumber: null,
        problem: null,
      }),
    )
    return this.#run(job)
  }

  /** Goes on where it was interrupted: parts that storage has are not sent again. */
  async resume(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (job) await this.#run(job)
  }

  /** Begins again with the same file, about which something else is said now. */
  async change(id: string, details: UploadDetails): Promise<void> {
    const job = this.#jobs.get(id)
    if (!job) return
    job.details = details
    this.#report(job, { details })
    await this.#run(job)
  }

  /** Stops, forgets the file, and lets the server discard what had been sent. */
  async cancel(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (!job) return
    job.controller.abort(new DOMException('cancelled', 'AbortError'))
    this.dismiss(id)
    if (job.started) await this.#discard(job.started)
  }

  /** Takes a stored or refused upload off the list. */
  dismiss(id: string): void {
    this.#jobs.delete(id)
    this.#dispatch(uploadRemoved(id))
  }

  #report(job: Job, change: Partial<Omit<UploadEntry, 'id'>>): void {
    this.#dispatch(uploadChanged({ id: job.id, change }))
  }

  async #run(job: Job): Promise<void> {
    try {
      job.sha256 ??= await this.#check(job)
      const started = await this.#start(job, job.sha256)
      this.#report(job, { phase: 'SENDING', problem: null })
      await transferParts({
        file: job.file,
        partSizeBytes: started.partSizeBytes,
        parts: started.parts,
        stored: job.stored,
        retryDelaysMs: this.#retryDelaysMs,
        onProgress: (doneBytes) => this.#report(job, { doneBytes }),
        signal: job.controller.signal,
      })
      await this.#complete(job, started)
    } catch (error) {
      if (job.controller.signal.aborted) return
      const refused = error instanceof Refused || error instanceof DetailsRefused
      const phase = refused ? 'REFUSED' : 'INTERRUPTED'
      this.#report(job, { phase, problem: describeProblem(error) })
    }
  }

  #check(job: Job): Promise<string> {
    this.#report(job, { phase: 'CHECKING', doneBytes: 0, problem: null })
    return this.#digest(
      job.file,
      (doneBytes) => this.#report(job, { doneBytes }),
      job.controller.signal,
    )
  }

  async #start(job: Job, sha256: string): Promise<Started> {
    if (job.started && Date.parse(job.started.expiresAt) > Date.now()) return job.started
    if (job.started) {
      // The addresses have expired; storage takes nothing more for this upload.
      await this.#discard(job.started)
      job.started = null
      job.stored.clear()
    }
    this.#report(job, { phase: 'STARTING', doneBytes: 0, problem: null })
    const { data } = await this.#client.mutate({
      mutation: StartUpload,
      variables: {
        input: {
          datasetId: job.datasetId,
          fileName: job.file.name,
          sizeBytes: job.file.size,
          sha256,
          ...inputOfDetails(job.details),
        },
      },
    })
    const payload = data?.startUpload
    if (!payload?.upload) {
      const problems = fieldProblems(payload?.errors ?? [])
      // Errors of the file itself cannot be mended by saying something else about it.
      if (job.details && problems.some(({ field }) => field !== null && !OF_THE_FILE.includes(field))) {
        throw new DetailsRefused(problems)
      }
      throw new Refused(problems)
    }
    job.started = payload.upload
    this.#report(job, { versionNumber: payload.version?.number ?? null })
    if (job.controller.signal.aborted) await this.#discard(payload.upload)
    return payload.upload
  }

  async #complete(job: Job, started: Started): Promise<void> {
    this.#report(job, { phase: 'COMPLETING' })
    const parts = [...job.stored]
      .map(([number, etag]) => ({ number, etag }))
      .toSorted((left, right) => left.number - right.number)
    const { data } = await this.#client.mutate({
      mutation: CompleteUpload,
      variables: { input: { uploadId: started.id, parts } },
    })
    const payload = data?.completeUpload
    if (!payload?.version) throw new Refused(fieldProblems(payload?.errors ?? []))
    this.dismiss(job.id)
    // The new version's own status takes over; whatever shows it reads it again.
    await this.#client.refetchQueries({ include: 'active' })
  }

  async #discard(started: Started): Promise<void> {
    // An upload that is not discarded expires by itself; this only frees its space sooner.
    await this.#client
      .mutate({ mutation: AbortUpload, variables: { input: { uploadId: started.id } } })
      .catch(() => undefined)
  }
}
