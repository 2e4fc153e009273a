import { describe, expect, it } from 'vitest'
import { ago, bytes, count, money, plural, words } from './format'

describe('figures in words', () => {
  it('writes salaries with both ends, one, or none', () => {
    expect(money(90000, 125500, 'GBP')).toBe('GBP 90,000 – 125,500')
    expect(money(90000, 90000, 'GBP')).toBe('GBP 90,000')
    expect(money(null, 50000, 'EUR')).toBe('up to EUR 50,000')
    expect(money(50000, null, '')).toBe('from 50,000')
    expect(money(null, null, 'EUR')).toBe('')
  })
  it('says how long ago something was', () => {
    const now = Date.parse('2026-03-10T12:00:00Z')
    expect(ago('2026-03-10T11:59:40Z', now)).toBe('just now')
    expect(ago('2026-03-09T11:59:40Z', now)).toBe('yesterday')
    expect(ago('2026-03-10T14:30:00Z', now)).toBe('in 2 hours')
    expect(ago('2025-02-10T14:30:00Z', now)).toBe('last year')
  })
  it('shortens sizes and counts', () => {
    expect([0, 999, 1500, 123_456_789].map(bytes)).toEqual(['0 B', '999 B', '1.5 KB', '123 MB'])
    expect([count(12345), count(1_234_567, true)]).toEqual(['12,345', '1.2M'])
    expect([plural(1, 'match', 'matches'), plural(0, 'job')]).toEqual(['1 match', '0 jobs'])
    expect(words('on_site')).toBe('On site')
  })
})
