/** The pages that the quick search knows by name. */
const EVERYBODYS = {
  datasets: '/',
  failing: '/quality',
  board: '/quality?view=board',
  schedules: '/quality?view=schedules',
  templates: '/quality?view=templates',
  inbox: '/notifications',
  channels: '/notifications?view=channels',
  account: '/account',
} as const

const ADMINISTRATORS = {
  users: '/admin/users',
  teams: '/admin/teams',
  audit: '/admin/audit',
  tasks: '/admin/tasks',
  storage: '/admin/storage',
  system: '/admin/system',
} as const

type Name = keyof typeof EVERYBODYS | keyof typeof ADMINISTRATORS

export interface Place {
  name: Name
  to: string
}

const toPlaces = (addresses: object) => Object.entries(addresses).map(([name, to]) => ({ name, to }) as Place)

/** Those that somebody may open, in the order in which they are shown. */
export function placesOf(isAdministrator: boolean): Place[] {
  return [...toPlaces(EVERYBODYS), ...(isAdministrator ? toPlaces(ADMINISTRATORS) : [])]
}
