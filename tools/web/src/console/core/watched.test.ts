import { describe, expect, it } from 'vitest'
import { countOf, nextLook, states, whichOf, why, wire, type Counts } from './watched'

describe('applications', () => {
  it('are asked for as the server reads it', () => {
    expect(wire('stuck')).toBe('limit=100&stuck=true')
    expect(wire('needs_input')).toBe('limit=100&state=needs_input')
    expect(wire('all', 'a b')).toBe('limit=100&cursor=a+b')
  })
  it('are those that are stuck when an address says nothing that is known', () => {
    expect([null, '', 'nonsense', 'stuck'].map(whichOf)).toEqual(['stuck', 'stuck', 'stuck', 'stuck'])
    expect(['all', 'unknown'].map(whichOf)).toEqual(['all', 'unknown'])
  })
  it('are counted by state, those that are stuck not twice', () => {
    const counts = Object.fromEntries([...states.map((s, i) => [s, i]), ['stuck', 7]]) as Counts
    expect(countOf(counts, 'all')).toBe(66)
    expect(countOf(counts, 'stuck')).toBe(7)
    expect(countOf(counts, 'failed')).toBe(7)
    expect(countOf(counts, 'withdrawn')).toBe(11)
  })
  it('say why, and are silent when they go on', () => {
    expect(why({ stuck_reason: 'in_doubt' })).toBe('nobody knows whether it was sent')
    expect(why({ stuck_reason: null })).toBe('')
  })
  it('say when they are looked at next', () => {
    const now = Date.parse('2026-11-20T12:00:00Z')
    const times = [null, '2026-11-20T11:00:00Z', '2026-11-20T12:00:30Z', '2026-11-20T12:05:00Z', '2026-11-20T15:00:00Z', '2026-11-22T12:00:00Z']
    expect(times.map((at) => nextLook(at, now))).toEqual(['–', 'now', 'in 30 s', 'in 5 min', 'in 3 h', 'in 2 d'])
  })
})
