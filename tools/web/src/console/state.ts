import { signal } from '@preact/signals'
import { Api } from '../shared/api'
import { ApiError } from '../shared/problem'
import { place } from '../shared/router'
import { Session } from '../shared/session'
import type { Finding } from './core/verdict'
import { findings } from './core/verdict'
import { whole } from './core/overview'
import type { OverviewData } from './types'

/** The operator's session is not the one of the page at `/`: one browser can be both. */
export const api = new Api(new Session('jobraker.console'))

export interface Account {
  id: string
  email: string
  role: 'seeker' | 'employer' | 'admin'
}

/** The overview as it was told, the latest last: the page keeps a little history of its own. */
export const samples = signal<{ at: number; data: OverviewData }[]>([])
export const overview_error = signal<unknown>(undefined)
const history_s = 15 * 60
const samples_most = 900

/** Asks for the overview once more. */
export async function sample(): Promise<void> {
  try {
    const told = await api.get<Record<string, unknown>>('/admin/overview')
    const at = Date.now()
    const data = whole(told)
    samples.value = [...samples.value.filter((s) => at - s.at < history_s * 1000), { at, data }].slice(-samples_most)
    overview_error.value = undefined
  } catch (error) {
    overview_error.value = error
  }
}

const compare_ms = 5 * 60_000

/** What is wrong now, against how it was five minutes ago (or when the page was opened). */
export function currentFindings(): Finding[] {
  const list = samples.value
  const last = list[list.length - 1]
  if (!last) return []
  const before = list.find((s) => last.at - s.at <= compare_ms) ?? last
  return findings(last.data, { ...before.data.http, crashes: before.data.actors.crashes })
}

/** The server does not know that path: it is older than this page, or built without it. */
export const isMissing = (error: unknown) => error instanceof ApiError && (error.status === 404 || error.status === 501 || error.status === 405)

/** The address of a place with a query, within this page. */
export function to(path: string[], query?: Record<string, string>): string {
  const text = query ? new URLSearchParams(Object.entries(query).filter(([, v]) => v !== '')).toString() : ''
  return '#/' + path.map(encodeURIComponent).join('/') + (text ? `?${text}` : '')
}

/** The address of this place with the query changed; null takes a member away. */
export function here(change: Record<string, string | null>): string {
  const { path, query } = place.value
  const next = new URLSearchParams(query)
  for (const [key, value] of Object.entries(change)) {
    if (value === null) next.delete(key)
    else next.set(key, value)
  }
  return to(path, Object.fromEntries(next))
}

/** Goes to an address of this page without a new entry in the browser's history. */
export function replaceHere(params: URLSearchParams): void {
  const { path } = place.value
  const address = to(path, Object.fromEntries(params))
  if (address === location.hash) return
  history.replaceState(null, '', address)
  place.value = { path, query: params }
}
