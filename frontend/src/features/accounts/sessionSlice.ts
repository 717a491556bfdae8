/** Whether somebody is signed in. Who it is, is server state and lives in Apollo's cache. */
import { createSlice, type PayloadAction } from '@reduxjs/toolkit'

/**
 * RESTORING: the refresh cookie is being tried. UNREACHABLE: the server did not answer that.
 * ENROLLING: signed in, but the account has to set up a second factor before anything else.
 */
export type SessionPhase = 'RESTORING' | 'SIGNED_IN' | 'ENROLLING' | 'SIGNED_OUT' | 'UNREACHABLE'

interface SessionState {
  phase: SessionPhase
}

export const sessionSlice = createSlice({
  name: 'session',
  initialState: { phase: 'RESTORING' } as SessionState,
  reducers: {
    phaseChanged(state, action: PayloadAction<SessionPhase>) {
      state.phase = action.payload
    },
  },
  selectors: { selectPhase: (state) => state.phase },
})

export const { phaseChanged } = sessionSlice.actions
export const { selectPhase } = sessionSlice.selectors
