import { describe, expect, it } from 'vitest'
import type { MetricsRow } from '../types'
import { fillBuckets, rangeOf, ranges, shareName, type Range } from './usage'

const row = (more: Partial<MetricsRow>): MetricsRow => ({ calls: 1, errors: 0, cache_hits: 0, tokens_in: 0, tokens_cached: 0, tokens_out: 0, cost_nano_usd: 5, latency_ms_mean: 0, first_token_ms_mean: 0, ...more })

describe('usage', () => {
  it('has a bucket for every hour, and loses no money', () => {
    const rows = [row({ at: '2026-11-21T09:00:00Z' }), row({ at: '2026-11-21T11:00:00Z', cost_nano_usd: 7 })]
    const buckets = fillBuckets(rows, '2026-11-21T08:30:00Z', '2026-11-21T12:00:00Z', 'hour')
    expect(buckets.map((b) => [b.at.slice(11, 16), b.cost_nano_usd])).toEqual([['08:00', 0], ['09:00', 5], ['10:00', 0], ['11:00', 7]])
    expect(fillBuckets([], '2026-11-20T08:30:00Z', '2026-11-21T12:00:00Z', 'day')).toHaveLength(2)
  })
  it('asks for times that are as long as they say', () => {
    for (const range of Object.keys(ranges) as Range[]) {
      const { from, to } = rangeOf(range, 1e12)
      expect(Date.parse(to) - Date.parse(from)).toBe(ranges[range].hours * 3_600_000 + 1000)
    }
  })
  it('names what belongs to nobody', () => {
    expect([shareName(row({ operation: 'chat' }), 'operation'), shareName(row({}), 'user'), shareName(row({}), 'company'), shareName(row({}), 'model')]).toEqual(['chat', 'the system itself', 'no company', 'unknown'])
  })
})
