/** The upload queue as the page shows it; the files themselves are with `UploadQueue`. */
import { createSelector, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { FieldProblem } from '../../components/fieldProblems'
import type { ReadOptionsDraft } from '../../components/readOptions/draft'
import type { RequestFailure } from '../../graphql/describeError'

/**
 * WAITING: for its turn. CHECKING: the file's checksum is computed. PAUSED, INTERRUPTED: can be
 * resumed, as the person or a failure has stopped it. LEFT: the page was left, so that the file has
 * to be chosen again to go on. REFUSED: the server said no to this file. A file that is stored leaves the queue: from there its version has a status.
 */
export type UploadPhase =
  | 'WAITING'
  | 'CHECKING'
  | 'STARTING'
  | 'SENDING'
  | 'COMPLETING'
  | 'PAUSED'
  | 'INTERRUPTED'
  | 'LEFT'
  | 'REFUSED'

/** What a person says about a file before it is sent. */
export interface UploadDetails {
  /** Empty: none. */
  label: string
  comment: string
  options: ReadOptionsDraft
}

export interface UploadEntry {
  id: string
  datasetId: string
  datasetSlug: string
  fileName: string
  sizeBytes: number
  /** Null: only the file was chosen. */
  details: UploadDetails | null
  phase: UploadPhase
  /** Bytes of the present phase: hashed while CHECKING, sent while SENDING. */
  doneBytes: number
  versionNumber: number | null
  /** What went wrong; null while all is well. */
  problem: UploadProblem | null
}

/**
 * `otherFile`: not the one whose upload was left. `storage`: what it answered to a part; status 0 for no answer at all. `details`: the
 * server does not accept the file, or what was said about it, which can be changed.
 */
export type UploadProblem =
  | RequestFailure
  | { kind: 'storage'; status: number }
  | { kind: 'otherFile' }
  | { kind: 'details'; problems: FieldProblem[]; changeable: boolean }

interface UploadsState {
  entries: UploadEntry[]
}

export const uploadsSlice = createSlice({
  name: 'uploads',
  initialState: { entries: [] } as UploadsState,
  reducers: {
    uploadAdded(state, action: PayloadAction<UploadEntry>) {
      state.entries.push(action.payload)
    },
    uploadChanged(
      state,
      { payload }: PayloadAction<{ id: string; change: Partial<Omit<UploadEntry, 'id'>> }>,
    ) {
      const entry = state.entries.find(({ id }) => id === payload.id)
      if (entry) Object.assign(entry, payload.change)
    },
    uploadRemoved(state, action: PayloadAction<string>) {
      state.entries = state.entries.filter(({ id }) => id !== action.payload)
    },
  },
  selectors: {
    selectUploads: (state) => state.entries,
    selectDatasetUploads: createSelector(
      [(state: UploadsState) => state.entries, (_state: UploadsState, datasetId: string) => datasetId],
      (entries, datasetId) => entries.filter((entry) => entry.datasetId === datasetId),
    ),
  },
})

export const { uploadAdded, uploadChanged, uploadRemoved } = uploadsSlice.actions
export const { selectUploads, selectDatasetUploads } = uploadsSlice.selectors

const UNDER_WAY: readonly UploadPhase[] = ['WAITING', 'CHECKING', 'STARTING', 'SENDING', 'COMPLETING']

export function isUnderWay({ phase }: UploadEntry): boolean {
  return UNDER_WAY.includes(phase)
}

const STOPPED: readonly UploadPhase[] = ['PAUSED', 'INTERRUPTED', 'LEFT']

/** What has been sent is kept, and the rest can follow. */
export function isStopped({ phase }: UploadEntry): boolean {
  return STOPPED.includes(phase)
}
