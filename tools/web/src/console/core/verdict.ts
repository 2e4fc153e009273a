import type { Alarm, OverviewData } from '../types'
import { durationMs, durationS, percent, short, usd } from './figures'

/** One thing an operator should know, and where to look. */
export interface Finding {
  level: 'critical' | 'warning'
  text: string
  /** Place within the console. */
  at: string[]
  query?: string
}

/** What the figures of a moment before were, to see what has changed. */
export interface Before {
  errors_5xx: number | null
  requests: number | null
  crashes: number | null
}

const since = (now: number | null, before: number | null) => (now === null || before === null ? 0 : now - before)

const slow_ms = 1000
const outbox_patience_s = 30

/** It is about an application, whose actor may sleep: the list of those that are stuck tells more. */
export const isApplication = (alarm: Alarm) => alarm.kind === 'stale_workflow' && alarm.path.startsWith('/applications/')

/** What is wrong, the worst first; empty: nothing that the figures tell of. */
export function findings(now: OverviewData, before?: Before): Finding[] {
  const out: Finding[] = []
  const add = (level: Finding['level'], text: string, at: string[], query?: string) => out.push(query === undefined ? { level, text, at } : { level, text, at, query })
  for (const upstream of now.upstreams) {
    const open = /open|failing/.test(upstream.state) && !/half/.test(upstream.state)
    if (open) add('critical', `${upstream.name} is not asked any more: it kept failing (${upstream.state}).`, ['models'])
    else if (upstream.state === 'down') add('warning', `${upstream.name} did not answer when it was asked last.`, ['actors'], `show=${encodeURIComponent(`/integrations/${upstream.name}`)}`)
    else if (/half/.test(upstream.state)) add('warning', `${upstream.name} is being tried again after failures.`, ['models'])
  }
  const { today_usd, budget_usd } = now.cost
  const known = today_usd !== null && budget_usd !== null
  if (known && today_usd >= budget_usd) add('critical', `Today's budget of ${usd(budget_usd)} for language models is used up.`, ['models'])
  else if (known && today_usd >= 0.8 * budget_usd) add('warning', `${percent(today_usd, budget_usd)} of today's budget for language models is spent.`, ['models'])
  const { sql, events } = now
  if (sql.connections_up === null) add('critical', 'The database does not answer: its figures are missing.', ['actors'])
  else if (sql.connections_up === 0 && (sql.connections ?? 0) > 0) add('critical', 'No connection to the database stands.', ['actors'])
  else if ((sql.waiting ?? 0) > 0 && (sql.waiting ?? 0) >= (sql.connections ?? 0)) add('warning', `${short(sql.waiting)} SQL statements wait for a connection.`, ['traces'])
  if ((events.oldest_s ?? 0) > outbox_patience_s) add('warning', `Events wait for ${durationS(events.oldest_s)} to be told.`, ['events'])
  if ((events.dead_letters ?? 0) > 0) add('warning', `${short(events.dead_letters)} event${events.dead_letters === 1 ? ' was' : 's were'} set aside after failures.`, ['events'])
  if (now.http.p99_ms !== null && now.http.p99_ms > slow_ms) add('warning', `One request in a hundred takes longer than ${durationMs(now.http.p99_ms)}.`, ['traces'], 'list=slowest')
  if (before) {
    const errors = since(now.http.errors_5xx, before.errors_5xx)
    if (errors > 0) add(errors * 20 > since(now.http.requests, before.requests) ? 'critical' : 'warning', `${short(errors)} request${errors === 1 ? '' : 's'} failed on our side in the last minutes.`, ['traces'], 'list=failed')
    const crashes = since(now.actors.crashes, before.crashes)
    if (crashes > 0) add('warning', `${short(crashes)} actor${crashes === 1 ? '' : 's'} crashed in the last minutes.`, ['actors'], 'view=dead')
  }
  for (const alarm of now.alarms)
    if (isApplication(alarm)) add(alarm.level, `${alarm.path}: ${alarm.detail}`, ['applications'])
    else add(alarm.level, `${alarm.path}: ${alarm.detail}`, ['actors'], `show=${encodeURIComponent(alarm.path)}`)
  return out.sort((a, b) => Number(b.level === 'critical') - Number(a.level === 'critical'))
}

/** The state of everything in one sentence. */
export function sentence(found: Finding[]): string {
  const critical = found.filter((f) => f.level === 'critical').length
  const rest = found.length - critical
  if (critical) return `${critical === 1 ? 'One thing is' : `${critical} things are`} broken${rest ? `, ${rest} more need${rest === 1 ? 's' : ''} a look` : ''}.`
  if (rest) return rest === 1 ? 'One thing needs a look.' : `${rest} things need a look.`
  return 'Everything works as it should.'
}
