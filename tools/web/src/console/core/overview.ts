import type { OverviewData } from '../types'

const parts = {
  actors: ['live', 'births', 'crashes', 'running', 'mailbox'],
  http: ['requests', 'running', 'errors_5xx', 'per_s', 'p50_ms', 'p99_ms'],
  sql: ['statements', 'failures', 'waiting', 'connections_up', 'connections'],
  events: ['outbox', 'oldest_s', 'lag', 'dead_letters', 'dead_letters_since_start'],
  cost: ['today_usd', 'budget_usd'],
} as const

/** What the server told, whole: a part that it could not tell of (a thread is stuck, the database is away) is null throughout. */
export function whole(told: Record<string, unknown>): OverviewData {
  const part = (name: keyof typeof parts) => {
    const from = (told[name] ?? {}) as Record<string, unknown>
    return Object.fromEntries(parts[name].map((key) => [key, typeof from[key] === 'number' ? from[key] : null]))
  }
  const list = (name: string) => (Array.isArray(told[name]) ? told[name] : [])
  return {
    at: String(told['at']), uptime_s: Number(told['uptime_s'] ?? 0),
    actors: part('actors'), http: part('http'), sql: part('sql'), events: part('events'), cost: part('cost'),
    upstreams: list('upstreams'), alarms: list('alarms'),
  } as unknown as OverviewData
}
