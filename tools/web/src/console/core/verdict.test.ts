import { describe, expect, it } from 'vitest'
import type { OverviewData } from '../types'
import { findings, sentence } from './verdict'

const well: OverviewData = {
  at: '2026-11-21T12:00:00Z', uptime_s: 100,
  actors: { live: 40, births: 60, crashes: 1, running: 1, mailbox: 0 },
  http: { requests: 1000, running: 1, errors_5xx: 2, per_s: 12, p50_ms: 3, p99_ms: 40 },
  sql: { statements: 5000, failures: 1, waiting: 0, connections_up: 8, connections: 8 },
  events: { outbox: 0, oldest_s: 0, lag: 0, dead_letters: 0, dead_letters_since_start: 3 },
  cost: { today_usd: 1, budget_usd: 10 },
  upstreams: [{ name: 'openai', state: 'closed', since: null }],
  alarms: [],
}

describe('the verdict', () => {
  it('is calm when all is well, and without a budget', () => {
    expect(sentence(findings(well, { ...well.http, crashes: 1 }))).toBe('Everything works as it should.')
    expect(findings({ ...well, cost: { today_usd: 50, budget_usd: null } })).toEqual([])
  })
  it('names what is broken before what needs a look, with a place to go', () => {
    const found = findings(
      { ...well, events: { ...well.events, dead_letters: 1 }, upstreams: [{ name: 'openai', state: 'open', since: null }], cost: { today_usd: 10, budget_usd: 10 } },
    )
    expect(found.map((f) => [f.level, f.at[0]])).toEqual([['critical', 'models'], ['critical', 'models'], ['warning', 'events']])
    expect(sentence(found)).toBe('2 things are broken, 1 more needs a look.')
    expect(sentence(found.slice(2))).toBe('One thing needs a look.')
  })
  it('leads to the list of applications when one stands still', () => {
    const alarm = { id: '2', kind: 'stale_workflow' as const, path: '/applications/7', detail: 'nobody looks after it', since: '', level: 'warning' as const }
    expect(findings({ ...well, alarms: [alarm, { ...alarm, path: '/workflows/8' }] }).map((f) => f.at)).toEqual([['applications'], ['actors']])
  })
  it('sees each sign alone', () => {
    const signs: [Partial<OverviewData>, RegExp][] = [
      [{ cost: { today_usd: 8, budget_usd: 10 } }, /80 % of today/],
      [{ sql: { ...well.sql, connections_up: 0 } }, /No connection to the database/],
      [{ sql: { ...well.sql, waiting: 9 } }, /9 SQL statements wait/],
      [{ events: { ...well.events, oldest_s: 90 } }, /wait for 1 min 30 s/],
      [{ http: { ...well.http, p99_ms: 2500 } }, /longer than 2.50 s/],
      [{ http: { ...well.http, requests: 1100, errors_5xx: 3 } }, /1 request failed/],
      [{ actors: { ...well.actors, crashes: 3 } }, /2 actors crashed/],
      [{ upstreams: [{ name: 'x', state: 'half_open', since: null }] }, /tried again/],
      [{ upstreams: [{ name: 'feeds', state: 'down', since: '' }, { name: 'boards', state: 'unused', since: null }, { name: 'adzuna', state: 'up', since: '' }] }, /^feeds did not answer/],
      [{ alarms: [{ id: '1', kind: 'long_handler', path: '/users/7', detail: 'runs for 3 s', since: '', level: 'critical' }] }, /\/users\/7: runs for 3 s/],
    ]
    for (const [change, text] of signs) {
      const found = findings({ ...well, ...change }, { ...well.http, crashes: well.actors.crashes })
      expect(found.map((f) => f.text)).toHaveLength(1)
      expect(found[0]!.text).toMatch(text)
    }
  })
})
