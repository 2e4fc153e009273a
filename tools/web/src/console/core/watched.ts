/** Applications as `GET /admin/applications` tells of them, and the words for what keeps them. */

export const states = ['draft', 'approved', 'queued', 'submitting', 'submitted', 'needs_input', 'unknown', 'failed', 'interviewing', 'offered', 'rejected', 'withdrawn'] as const
export type State = (typeof states)[number]
export type Reason = 'silent' | 'not_found' | 'in_doubt' | 'not_taken' | 'overdue' | 'needs_input'

export interface Watched {
  id: string
  user_id: string
  job_id: string | null
  company: string
  title: string
  state: State
  since: string
  stuck: boolean
  stuck_reason: Reason | null
  run_id: string | null
  attempts: number
  next_check_at: string | null
  updated_at: string
}

export type Counts = Record<State | 'stuck', number>

export interface WatchedPage {
  items: Watched[]
  next: string | null
  counts: Counts
}

export interface ApplicationEvent {
  seq: number
  at: string
  status: State
  detail: string
}

const reasons: Record<Reason, string> = {
  silent: 'nothing was heard of its run for too long',
  not_found: 'its run cannot be found',
  in_doubt: 'nobody knows whether it was sent',
  not_taken: 'its turn has not come',
  overdue: 'nobody looked at it when its time came',
  needs_input: 'its person has been asked and has not come',
}

/** Why it is stuck; empty when it is not. */
export const why = (a: Pick<Watched, 'stuck_reason'>) => (a.stuck_reason ? (reasons[a.stuck_reason] ?? a.stuck_reason) : '')

/** What can be chosen: those that are stuck, one state, or all. */
export type Which = 'stuck' | 'all' | State

/** What the server is asked for a choice. */
export function wire(which: Which, cursor: string | null = null): string {
  const query = new URLSearchParams({ limit: '100' })
  if (which === 'stuck') query.set('stuck', 'true')
  else if (which !== 'all') query.set('state', which)
  if (cursor) query.set('cursor', cursor)
  return query.toString()
}

/** A choice from an address; those that are stuck when it names none. */
export const whichOf = (text: string | null): Which => (text === 'all' || (states as readonly (string | null)[]).includes(text) ? (text as Which) : 'stuck')

/** How many there are of a choice. */
export function countOf(counts: Counts, which: Which): number {
  return which === 'all' ? states.reduce((sum, state) => sum + counts[state], 0) : counts[which]
}

/** When it is looked at next: `now` when that time has come. */
export function nextLook(at: string | null, now: number): string {
  if (!at) return '–'
  const s = Math.ceil((Date.parse(at) - now) / 1000)
  return s <= 0 ? 'now' : s < 60 ? `in ${s} s` : s < 3600 ? `in ${Math.round(s / 60)} min` : s < 86_400 ? `in ${Math.round(s / 3600)} h` : `in ${Math.round(s / 86_400)} d`
}
