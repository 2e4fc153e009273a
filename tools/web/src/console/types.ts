/** What the console's endpoints answer, as the server writes it. Durations carry their unit in the name; times are RFC 3339. */

export type ActorState = 'idle' | 'queued' | 'running' | 'waiting' | 'paused' | 'draining'

export interface ActorRow {
  path: string
  kind: string
  parent: string
  state: ActorState
  /** Names the oldest effect under way. */
  waiting_on: string | null
  mailbox: number
  messages: number
  /** Messages a second; null: not known yet. */
  rate: number | null
  failures: number
  dropped: number
  restarts: number
  busy_us: number
  wait_us_mean: number
  last_message: { type: string; at: string } | null
  /** How long the handler that runs now has been running. */
  running_us: number | null
  born_at: string
  bytes: number | null
}

export interface ActorPage {
  items: ActorRow[]
  next: string | null
  total: number
  at: string
}

export interface TreeNode {
  path: string
  name: string
  leaf: boolean
  /** Itself and all below. */
  actors: number
  mailbox: number
  messages: number
  failures: number
  restarts: number
  running: number
  /** When all have the same. */
  kind: string | null
}

export interface MessageRow {
  at: string
  type: string
  sender: string | null
  bytes: number | null
  wait_us: number
  run_us: number
  trace_id: string | null
  failed: boolean
}

export interface ActorDetail {
  actor: ActorRow
  summary: Record<string, unknown> | null
  /** Why there is no summary. */
  summary_note: string | null
  handler_histogram: { bounds_us: number[]; counts: number[] }
  messages: MessageRow[]
  pending: { kind: string; name: string; since_us: number; trace_id: string | null }[]
  children: number
}

export interface DeadActor {
  path: string
  kind: string
  reason: string
  crashed: boolean
  born_at: string
  died_at: string
  messages: number
  failures: number
  last_messages: MessageRow[]
}

export type ActionName = 'stop' | 'restart' | 'drain' | 'pause' | 'resume' | 'trace'

export type AlarmKind = 'long_mailbox' | 'long_handler' | 'restart_storm' | 'stale_workflow'

export interface Alarm {
  id: string
  kind: AlarmKind
  path: string
  detail: string
  since: string
  level: 'warning' | 'critical'
}

/** Figures; null: the server could not tell. */
export type Told<Names extends string> = Record<Names, number | null>

export interface OverviewData {
  at: string
  uptime_s: number
  actors: Told<'live' | 'births' | 'crashes' | 'running' | 'mailbox'>
  http: Told<'requests' | 'running' | 'errors_5xx' | 'per_s' | 'p50_ms' | 'p99_ms'>
  sql: Told<'statements' | 'failures' | 'waiting' | 'connections_up' | 'connections'>
  events: Told<'outbox' | 'oldest_s' | 'lag' | 'dead_letters' | 'dead_letters_since_start'>
  cost: Told<'today_usd' | 'budget_usd'>
  upstreams: { name: string; state: string; since: string | null }[]
  alarms: Alarm[]
}

export interface Totals {
  actors: number
  running: number
  mailbox: number
  messages: number
  rate: number | null
  failures: number
  restarts: number
}

export interface KindFigures {
  kind: string
  actors: number
  mailbox: number
  rate: number | null
  busy_us_per_s: number | null
}

export interface Figures {
  type: 'figures'
  at: string
  totals: Totals
  kinds: KindFigures[]
  rows: ActorRow[]
  total: number
}

export type SpanKind = 'request' | 'message' | 'statement' | 'call' | 'work' | 'event'

export interface Span {
  id: string
  parent: string | null
  kind: SpanKind
  name: string
  actor: string | null
  sender: string | null
  /** From the first span's beginning. */
  start_us: number
  wait_us: number
  run_us: number
  failed: boolean
  depth: number
}

export interface TraceRow {
  trace_id: string
  name: string
  at: string
  duration_us: number
  spans: number
  failed: boolean
}

export interface TraceDetail {
  trace_id: string
  spans: Span[]
  model_calls: Record<string, unknown>[]
  events: { topic: string; type: string; key: string; at: string }[]
  truncated: boolean
}

export interface Sums {
  calls: number
  errors: number
  cache_hits: number
  tokens_in: number
  tokens_cached: number
  tokens_out: number
  cost_nano_usd: number
  latency_ms_mean: number
  first_token_ms_mean: number
}

export interface MetricsRow extends Sums {
  company_id?: string
  user_id?: string
  operation?: string
  model?: string
  at?: string
}

export interface Metrics {
  from: string
  to: string
  items: MetricsRow[]
  totals: Sums
}

export interface Budget {
  scope: 'global' | 'company' | 'user'
  scope_id?: string
  period: 'day' | 'month'
  limit_usd: number
  spent_usd: number
  reserved_usd: number
  left_usd: number
  resets_at: string
}

export interface Budgets {
  items: Budget[]
  alerts: { scope: Budget['scope']; scope_id?: string; period: Budget['period']; threshold: number; at: string }[]
}

export interface DeadLetter {
  id: string
  consumer: string
  event_id: string
  topic: string
  type: string
  key: string
  time: string
  data: string
  traceparent: string
  reason: string
  attempts: number
  failed_at: string
  replayed_at: string | null
}

export interface EventsData {
  outbox: { waiting: number; oldest_seconds: number; leading: boolean; in_flight: number; told: number; target: string }
  consumers: { name: string; topics: string[]; handled: number; repeated: number; failures: number; dead: number; waiting: number; lag: number | null }[]
  dead_letters: DeadLetter[]
  next: string | null
}

export interface Report {
  id: string
  message_id: string
  conversation_id: string
  reporter: string
  reason: string
  comment: string
  state: 'open' | 'upheld' | 'dismissed'
  message: string
  question: string
  reviewer: string | null
  note: string
  created_at: string
  reviewed_at: string | null
}

export interface AuditRow {
  id: string | number
  at: string
  who: string
  action: string
  target: string
  detail: unknown
  ip: string | null
}

export interface ScheduleRun {
  id: string
  schedule: string
  started_at: string
  ended_at: string | null
  outcome: 'running' | 'done' | 'failed' | 'abandoned'
  detail: string | null
  by: string
}

export interface Schedule {
  name: string
  title: string
  cron: string | null
  every_s: number | null
  time_zone: string
  paused: boolean
  next_run_at: string | null
  running_since: string | null
  last_run: ScheduleRun | null
  runs: number
  failures: number
}

export interface BatchRow {
  id: string
  user_id: string
  kind: string
  state: 'queued' | 'running' | 'done' | 'failed'
  done: number
  total: number
  failed: number
  started_at: string | null
  ended_at: string | null
}
