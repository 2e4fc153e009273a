import type { MetricsRow, Sums } from '../types'

/** Times for which usage is asked. */
export const ranges = {
  '1h': { title: 'Hour', words: 'the last hour', hours: 1, step: 'hour' },
  '24h': { title: 'Day', words: 'the last 24 hours', hours: 24, step: 'hour' },
  '7d': { title: 'Week', words: 'the last 7 days', hours: 168, step: 'day' },
  '30d': { title: 'Month', words: 'the last 30 days', hours: 720, step: 'day' },
} as const
export type Range = keyof typeof ranges
export type Step = 'hour' | 'day'

/** The time of a range that ends now, as RFC 3339. */
export function rangeOf(range: Range, now = Date.now()): { from: string; to: string } {
  const text = (ms: number) => new Date(ms).toISOString()
  return { from: text(now - ranges[range].hours * 3_600_000), to: text(now + 1000) }
}

const step_ms: Record<Step, number> = { hour: 3_600_000, day: 86_400_000 }

/** One row for every hour or day (UTC) of the time, those in which nothing was asked with zeros. */
export function fillBuckets(rows: MetricsRow[], from: string, to: string, step: Step): (Pick<Sums, 'calls' | 'cost_nano_usd'> & { at: string })[] {
  const size = step_ms[step]
  const known = new Map(rows.filter((r) => r.at).map((r) => [Math.floor(Date.parse(r.at!) / size), r]))
  const out = []
  for (let bucket = Math.floor(Date.parse(from) / size); bucket <= Math.floor((Date.parse(to) - 1) / size); bucket++) {
    const row = known.get(bucket)
    out.push({ at: new Date(bucket * size).toISOString(), calls: row?.calls ?? 0, cost_nano_usd: row?.cost_nano_usd ?? 0 })
  }
  return out
}

/** A short name of an hour or day. */
export const bucketName = (at: string, step: Step) =>
  step === 'hour' ? `${String(new Date(at).getHours()).padStart(2, '0')}:00` : new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(new Date(at))

/** What a row of usage is of; calls that belong to nobody are the system's own. */
export function shareName(row: MetricsRow, group: 'operation' | 'model' | 'user' | 'company'): string {
  const name = { operation: row.operation, model: row.model, user: row.user_id, company: row.company_id }[group]
  return name || (group === 'user' ? 'the system itself' : group === 'company' ? 'no company' : 'unknown')
}
