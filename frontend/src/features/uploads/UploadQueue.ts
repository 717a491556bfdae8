/** Takes files from the page to object storage, and tells the store how far each has come. */
import type { ApolloClient } from '@apollo/client'
import type { Dispatch } from '@reduxjs/toolkit'
import { fieldProblems } from '../../components/fieldProblems'
import { hashInWorker, type Digest } from './hashInWorker'
import { abandonedUploads, claimUpload, forgetUpload, keepUpload, type KeptUpload } from './keptUploads'
import { AbortUpload, CompleteUpload, ResumeUpload, StartUpload } from './operations'
import { AGAIN_DELAYS_MS, SecondTries } from './SecondTries'
import { RETRY_DELAYS_MS, transferParts } from './transferParts'
import { Turns } from './Turns'
import {
  describeProblem,
  DetailsRefused,
  entryOf,
  inputOfDetails,
  leftJob,
  newJob,
  OF_THE_FILE,
  OtherFile,
  PAUSE,
  Refused,
  type Job,
  type Started,
} from './uploadJob'
import { uploadAdded, uploadChanged, uploadRemoved, type UploadDetails, type UploadEntry } from './uploadsSlice'

export interface QueueServices {
  client: ApolloClient
  dispatch: Dispatch
  digest?: Digest
  retryDelaysMs?: readonly number[]
  againDelaysMs?: readonly number[]
}

export class UploadQueue {
  readonly #jobs = new Map<string, Job>()
  readonly #client: ApolloClient
  readonly #dispatch: Dispatch
  readonly #digest: Digest
  readonly #retryDelaysMs: readonly number[]
  readonly #again: SecondTries
  /** Two at a time: one is hashed while the other is sent; more would only share the line. */
  readonly #turns = new Turns(2)

  constructor({ client, dispatch, digest, retryDelaysMs, againDelaysMs }: QueueServices) {
    this.#client = client
    this.#dispatch = dispatch
    this.#digest = digest ?? hashInWorker
    this.#retryDelaysMs = retryDelaysMs ?? RETRY_DELAYS_MS
    this.#again = new SecondTries(againDelaysMs ?? AGAIN_DELAYS_MS)
  }

  /** Starts at once; resolves when the file is stored (and off the list), interrupted, refused or cancelled. */
  add(
    dataset: { id: string; slug: string },
    file: File,
    details: UploadDetails | null = null,
  ): Promise<void> {
    const id = crypto.randomUUID()
    const job = newJob({ id, dataset, file, details })
    this.#jobs.set(id, job)
    this.#dispatch(uploadAdded(entryOf(job)))
    return this.#run(job)
  }

  /** Goes on where it was stopped: parts that storage has are not sent again. */
  async resume(id: string): Promise<void> {
    const job = this.#jobs.get(id)
    if (job) await this.#run(job)
  }

  /** Stops; what has been sent is kept. */
  pause(id: string): void {
    const job = this.#jobs.get(id)
    if (!job) return
    job.controller.abort(PAUSE)
    this.#again.cancel(id)
    this.#report(job, { phase: 'PAUSED', problem: null })
  }

  /** Uploads that pages which are gone have left are on the list, each waiting for its file. */
  async findLeft(): Promise<void> {
    for (const kept of await abandonedUploads()) {
      if (this.#jobs.has(kept.id)) continue
      const job = leftJob(kept)
      this.#jobs.set(kept.id, job)
      claimUpload(kept.id)
      this.#dispatch(uploadAdded(entryOf(job)))
    }
  }

  /** Goes on with an upload that was left, if this is its file: same size, same checksum. */
  async continueWith(id: string, file: File): Promise<void> {
    const job = this.#jobs.get(id)
    if (!job?.left || file.size !== job.left.sizeBytes) {
      this.#dispatch(uploadChanged({ id, change: { problem: { kind: 'otherFile' } } }))
      return
    }
    job.file = file
    await this.#run(job)
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
    this.#again.forget(id)
    forgetUpload(id)
    this.#dispatch(uploadRemoved(id))
  }

  #report(job: Job, change: Partial<Omit<UploadEntry, 'id'>>): void {
    this.#dispatch(uploadChanged({ id: job.id, change }))
  }

  async #run(job: Job): Promise<void> {
    const { file } = job
    if (!file) return
    this.#again.cancel(job.id)
    const { signal } = (job.controller = new AbortController())
    this.#report(job, { phase: 'WAITING', problem: null })
    await this.#turns.take(async () => {
      // Stopped before its turn came.
      if (!signal.aborted) await this.#attempt(job, file, signal)
    })
  }

  async #attempt(job: Job, file: File, signal: AbortSignal): Promise<void> {
    try {
      const sha256 = await this.#check(job, file)
      const started = await this.#start(job, file, sha256)
      this.#report(job, { phase: 'SENDING', problem: null })
      await transferParts({
        file,
        partSizeBytes: started.partSizeBytes,
        parts: started.parts,
        stored: job.stored,
        retryDelaysMs: this.#retryDelaysMs,
        onProgress: (doneBytes) => this.#report(job, { doneBytes }),
        signal,
      })
      await this.#complete(job, started)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof OtherFile) {
        job.file = null
        this.#report(job, { phase: 'LEFT', problem: { kind: 'otherFile' } })
        return
      }
      const refused = error instanceof Refused || error instanceof DetailsRefused
      const phase = refused ? 'REFUSED' : 'INTERRUPTED'
      this.#report(job, { phase, problem: describeProblem(error) })
      if (!refused) this.#again.plan(job.id, () => void this.resume(job.id))
    }
  }

  async #check(job: Job, file: File): Promise<string> {
    if (job.sha256 !== null && !job.left) return job.sha256
    this.#report(job, { phase: 'CHECKING', doneBytes: 0, problem: null })
    const sha256 = await this.#digest(
      file,
      (doneBytes) => this.#report(job, { doneBytes }),
      job.controller.signal,
    )
    if (job.left) await this.#findStored(job, job.left, sha256)
    job.sha256 = sha256
    return sha256
  }

  /** What storage has of an upload that was left; nothing when the server has given it up. */
  async #findStored(job: Job, left: KeptUpload, sha256: string): Promise<void> {
    if (sha256 !== left.sha256) throw new OtherFile()
    const { data } = await this.#client.query({
      query: ResumeUpload,
      variables: { id: left.uploadId },
      fetchPolicy: 'no-cache',
    })
    job.left = null
    job.started = data?.upload ?? null
    job.stored = new Map(data?.upload?.storedParts.map(({ number, etag }) => [number, etag]))
  }

  async #start(job: Job, file: File, sha256: string): Promise<Started> {
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
          datasetId: job.dataset.id,
          fileName: file.name,
          sizeBytes: file.size,
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
    job.versionNumber = payload.version?.number ?? null
    this.#report(job, { versionNumber: job.versionNumber })
    // Cancelled meanwhile; a pause keeps it.
    if (!this.#jobs.has(job.id)) await this.#discard(payload.upload)
    else this.#keep(job, payload.upload, file, sha256)
    return payload.upload
  }

  #keep(job: Job, started: Started, file: File, sha256: string): void {
    claimUpload(job.id)
    keepUpload({
      id: job.id,
      uploadId: started.id,
      datasetId: job.dataset.id,
      datasetSlug: job.dataset.slug,
      fileName: file.name,
      sizeBytes: file.size,
      sha256,
      versionNumber: job.versionNumber,
      expiresAt: started.expiresAt,
    })
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
