import { describe, expect, it } from 'vitest'
import { age, duration, durationMs, past, perSecond, percent, short, shortId, tail, usd, usdOfNano } from './figures'

describe('figures', () => {
  it('gives every duration three digits and a unit', () => {
    const us = [0, 0.5, 7, 850, 999.6, 1000, 12_345, 999_499, 999_600, 4_200_000, 61e6, 3600e6, 7_800e6, 273_600e6]
    expect(us.map(duration)).toEqual(['0', '0.50 µs', '7 µs', '850 µs', '1 ms', '1 ms', '12.3 ms', '999 ms', '1 s', '4.20 s', '1 min 1 s', '1 h', '2 h 10 min', '3 d 4 h'])
    expect([duration(null), duration(undefined), duration(NaN), duration(-1500)]).toEqual(['–', '–', '–', '-1.50 ms'])
    expect(durationMs(1.5)).toBe('1.50 ms')
  })
  it('never writes a duration above its unit', () => {
    for (let us = 1; us < 1e12; us = us * 1.37 + 1) {
      const found = /^([\d.]+) (µs|ms)$/.exec(duration(us))
      if (found) expect(Number(found[1])).toBeLessThan(1000)
    }
  })
  it('shortens counts and rates', () => {
    expect([0, 9999, 10_000, 12_345, 999_600, 4_560_000, 7e9].map(short)).toEqual(['0', '9,999', '10k', '12.3k', '1M', '4.56M', '7G'])
    expect([0, 0.001, 0.25, 12.34, 999, 4560, 45_600].map(perSecond)).toEqual(['0', '<0.01', '0.25', '12.3', '999', '4,560', '45.6k'])
    expect([short(null), perSecond(null)]).toEqual(['–', '–'])
  })
  it('writes money with the decimals that say something', () => {
    expect([0, 1e-9, 0.000042, 0.00042, 0.042, 0.42, 1.234, 12_345.6].map(usd)).toEqual(['$0', '<$0.000001', '$0.000042', '$0.00042', '$0.042', '$0.42', '$1.23', '$12,346'])
    expect(usdOfNano(1_230_000_000)).toBe('$1.23')
  })
  it('shares, ages and long paths', () => {
    expect([percent(1, 0), percent(1, 1000), percent(0, 5), percent(3, 4)]).toEqual(['–', '<1 %', '0 %', '75 %'])
    const now = Date.parse('2026-11-21T12:00:00Z')
    expect(['2026-11-21T12:00:00Z', '2026-11-21T11:59:18Z', '2026-11-21T11:00:00Z', '2026-11-19T11:00:00Z'].map((at) => age(at, now))).toEqual(['now', '42 s', '1 h', '2 d'])
    expect([age(null), past(null), past('2026-11-21T12:00:00Z', now), past('2026-11-21T11:00:00Z', now)]).toEqual(['–', '–', 'now', '1 h ago'])
    expect(tail('/users/0191-abcd/conversations/7', 20)).toBe('…/conversations/7')
    expect(tail('/short', 20)).toBe('/short')
  })
  it('shorten ids to what tells them apart', () => {
    expect(shortId('019a5b1e-7c00-7000-8000-000000000001')).toBe('…00000001')
    expect(shortId('short')).toBe('short')
  })
})
