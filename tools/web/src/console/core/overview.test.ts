import { describe, expect, it } from 'vitest'
import { whole } from './overview'
import { findings } from './verdict'

describe('the overview', () => {
  it('is whole, whatever the server could not tell', () => {
    const data = whole({ at: '2026-11-21T12:00:00Z', uptime_s: 5, http: null, sql: null, events: null, cost: { today_usd: null, budget_usd: null }, actors: { live: 3 } })
    expect(data.actors).toEqual({ live: 3, births: null, crashes: null, running: null, mailbox: null })
    expect(data.http.p99_ms).toBeNull()
    expect(data.upstreams).toEqual([])
    expect(findings(data, { errors_5xx: 0, requests: 0, crashes: 0 })).toEqual([{ level: 'critical', text: 'The database does not answer: its figures are missing.', at: ['actors'] }])
  })
})
