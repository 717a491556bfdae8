/** One file on its way, as the queue knows it, and what can go wrong with it. */
import { requestProblem, type FieldProblem } from '../../components/fieldProblems'
import { inputOf } from '../../components/readOptions/draft'
import type { StartUploadInput, StartUploadMutation } from '../../gql/graphql'
import { describeError } from '../../graphql/describeError'
import type { KeptUpload } from './keptUploads'
import { PartRefused } from './putPart'
import type { UploadDetails, UploadEntry, UploadProblem } from './uploadsSlice'

/** Inputs of startUpload that nobody types. */
export const OF_THE_FILE: readonly string[] = ['datasetId', 'fileName', 'sizeBytes', 'sha256']

export type Started = NonNullable<StartUploadMutation['startUpload']['upload']>

export interface Job {
  id: string
  dataset: { id: string; slug: string }
  /** Null after the page was left, until the file is chosen again. */
  file: File | null
  details: UploadDetails | null
  sha256: string | null
  started: Started | null
  stored: Map<number, string>
  versionNumber: number | null
  /** What was kept of it, until its file is there again. */
  left: KeptUpload | null
  /** Ends the present attempt; its reason tells a pause from the end. */
  controller: AbortController
}

/** The server said no to this file; trying the same again would not help. */
export class Refused extends Error {
  readonly problem: FieldProblem

  constructor(problems: FieldProblem[]) {
    super(problems[0]?.message)
    this.problem = problems[0] ?? requestProblem('')
  }
}

/** The file that was chosen is not the one whose upload was left. */
export class OtherFile extends Error {}

type Beginning = Pick<Job, 'id' | 'dataset' | 'file' | 'details'>

export function newJob(beginning: Beginning): Job {
  return {
    ...beginning,
    sha256: null,
    started: null,
    stored: new Map(),
    versionNumber: null,
    left: null,
    controller: new AbortController(),
  }
}

/** An upload that was left, which waits for its file. */
export function leftJob(left: KeptUpload): Job {
  const dataset = { id: left.datasetId, slug: left.datasetSlug }
  return {
    ...newJob({ id: left.id, dataset, file: null, details: null }),
    sha256: left.sha256,
    versionNumber: left.versionNumber,
    left,
  }
}

/** How a job that begins stands on the list. */
export function entryOf(job: Job): UploadEntry {
  return {
    id: job.id,
    datasetId: job.dataset.id,
    datasetSlug: job.dataset.slug,
    fileName: job.file?.name ?? job.left?.fileName ?? '',
    sizeBytes: job.file?.size ?? job.left?.sizeBytes ?? 0,
    details: job.details,
    phase: job.left ? 'LEFT' : 'WAITING',
    doneBytes: 0,
    versionNumber: job.versionNumber,
    problem: null,
  }
}

/** What stops an attempt that goes on later. */
export const PAUSE = Symbol('pause')

/** The server said no to what was said about this file. */
export class DetailsRefused extends Error {
  readonly problems: FieldProblem[]

  constructor(problems: FieldProblem[]) {
    super(problems[0]?.message)
    this.problems = problems
  }
}

/** Empty unless a detail was given: an absent one is the server's to choose. */
export function inputOfDetails(details: UploadDetails | null): Pick<StartUploadInput, 'label' | 'comment' | 'options'> {
  if (!details) return {}
  const label = details.label.trim()
  const comment = details.comment.trim()
  const options = inputOf(details.options)
  return { ...(label && { label }), ...(comment && { comment }), ...(options && { options }) }
}

export function describeProblem(error: unknown): UploadProblem {
  if (error instanceof PartRefused) return { kind: 'storage', status: error.status }
  if (error instanceof DetailsRefused) return { kind: 'details', problems: error.problems, changeable: true }
  if (error instanceof Refused) return { kind: 'details', problems: [error.problem], changeable: false }
  return describeError(error)
}

