/** Calls of models as `GET /admin/llm/calls` tells of them. */
export interface Call {
  id: string
  at: string
  operation: string
  provider: string
  model: string
  outcome: string
  latency_ms: number
  first_token_ms: number | null
  input: number
  cached: number
  output: number
  cost_usd: number
  error: string | null
  trace_id: string | null
  user_id: string | null
  company_id: string | null
}

export interface CallPage {
  items: Call[]
  next: string | null
}

export const lists = ['newest', 'slowest', 'costliest', 'failed'] as const
export type List = (typeof lists)[number]

export interface Filters {
  operation: string
  model: string
  provider: string
  user_id: string
}
export const no_filters: Filters = { operation: '', model: '', provider: '', user_id: '' }

/** What the server is asked: those that failed are the newest of them. */
export function wire(list: List, filters: Filters, span: { from: string; to: string }, limit: number, cursor: string | null = null): string {
  const query = new URLSearchParams({ limit: String(limit), from: span.from, to: span.to })
  if (list === 'failed') query.set('failed', 'true')
  else query.set('order', list)
  for (const [name, value] of Object.entries(filters)) if (value.trim()) query.set(name, value.trim())
  if (cursor) query.set('cursor', cursor)
  return query.toString()
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether the server takes that for somebody's id; an empty field asks for everybody. */
export const isId = (text: string) => text.trim() === '' || uuid.test(text.trim())
