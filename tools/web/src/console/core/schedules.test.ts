import { describe, expect, it } from 'vitest'
import { due, rhythm, took } from './schedules'

describe('schedules', () => {
  const now = Date.parse('2026-11-21T12:00:00Z')
  it('say when they run', () => {
    expect(rhythm({ cron: '0 4 * * *', every_s: null })).toBe('0 4 * * *')
    expect(rhythm({ cron: null, every_s: 90 })).toMatch(/^every /)
    expect(rhythm({ cron: null, every_s: null })).toBe('by hand')
  })
  it('say in how long they are due', () => {
    expect(due(null, now)).toBe('–')
    expect(due('2026-11-21T11:59:59Z', now)).toBe('due')
    expect(due('2026-11-21T12:00:00Z', now)).toBe('due')
    expect(due('2026-11-21T12:00:30Z', now)).toBe('in 30 s')
  })
  it('say how long a run took, and nothing of one that has not ended', () => {
    expect(took({ started_at: null, ended_at: null })).toBe('')
    expect(took({ started_at: '2026-11-21T12:00:00Z', ended_at: null })).toBe('')
    expect(took({ started_at: '2026-11-21T12:00:00Z', ended_at: '2026-11-21T12:00:00.25Z' })).toBe('250 ms')
    expect(took({ started_at: '2026-11-21T12:00:00Z', ended_at: '2026-11-21T12:02:00Z' })).toBe('2 min')
    // Two nodes' clocks: never less than nothing.
    expect(took({ started_at: '2026-11-21T12:00:01Z', ended_at: '2026-11-21T12:00:00Z' })).toBe('0')
  })
})
