/** Client state only: the session's phase, preferences, the upload queue. Server state is Apollo's. */
import { combineReducers, configureStore, createListenerMiddleware } from '@reduxjs/toolkit'
import {
  languageChosen,
  preferencesSlice,
  THEME_KEY,
  themeModeChosen,
} from '../features/accounts/preferencesSlice'
import { sessionSlice } from '../features/accounts/sessionSlice'
import { uploadsSlice } from '../features/uploads/uploadsSlice'
import { LANGUAGE_KEY, speak } from '../lib/i18n'
import { writeStored } from '../lib/storedValue'

const reducer = combineReducers({
  session: sessionSlice.reducer,
  preferences: preferencesSlice.reducer,
  uploads: uploadsSlice.reducer,
})

export type RootState = ReturnType<typeof reducer>

export function createStore(preloadedState?: Partial<RootState>) {
  const listeners = createListenerMiddleware()
  listeners.startListening({
    actionCreator: languageChosen,
    effect: async ({ payload }) => {
      writeStored(LANGUAGE_KEY, payload)
      await speak(payload)
    },
  })
  listeners.startListening({
    actionCreator: themeModeChosen,
    effect: ({ payload }) => writeStored(THEME_KEY, payload),
  })
  return configureStore({
    reducer,
    ...(preloadedState ? { preloadedState } : {}),
    middleware: (defaults) => defaults().prepend(listeners.middleware),
  })
}

export type Store = ReturnType<typeof createStore>
