import { describe, expect, it } from 'vitest'
import { Chunks, height_max, reveal, slice } from './window'

describe('rows that are drawn', () => {
  it('are those that can be seen, and a few around', () => {
    expect(slice(1000, 30, 3000, 600, 5)).toEqual({ first: 95, end: 125, height: 30_000, offset: 2850 })
    expect(slice(3, 30, 0, 600)).toEqual({ first: 0, end: 3, height: 90, offset: 0 })
    expect(slice(0, 30, 50, 600)).toEqual({ first: 0, end: 0, height: 0, offset: 0 })
  })
  it('cover the window at every place, even when the list is higher than a browser can lay out', () => {
    for (const total of [1, 20, 1000, 100_000, 5_000_000]) {
      const height = Math.min(total * 32, height_max)
      for (let share = 0; share <= 1; share += 0.05) {
        const top = share * Math.max(0, height - 500)
        const s = slice(total, 32, top, 500)
        expect(s.height).toBe(height)
        expect(s.end - s.first).toBeLessThanOrEqual(40)
        // What is drawn reaches from above the window's top to below its bottom, or to the ends of the list.
        expect(s.offset <= top + 1e-6 || s.first === 0).toBe(true)
        expect(s.offset + (s.end - s.first) * 32 >= Math.min(top + 500, s.height) - 1e-3).toBe(true)
      }
      expect(slice(total, 32, height - 500, 500).end).toBe(total)
    }
  })
  it('can be brought into view', () => {
    expect(reveal(0, 1000, 30, 3000, 600)).toBe(0)
    expect(reveal(105, 1000, 30, 3000, 600)).toBe(3000)
    expect(reveal(120, 1000, 30, 3000, 600)).toBe(3030)
    for (const index of [0, 17, 2_500_000, 4_999_999]) {
      const top = reveal(index, 5_000_000, 32, 1000, 500)
      const s = slice(5_000_000, 32, top, 500, 1)
      expect(index >= s.first && index < s.end).toBe(true)
    }
  })
})

describe('pages of rows', () => {
  const chunks = () => {
    const c = new Chunks<number>()
    c.add({ rows: [0, 1, 2], cursor: null, next: 'a', at: '' })
    c.add({ rows: [3, 4], cursor: 'a', next: 'b', at: '' })
    c.add({ rows: [5], cursor: 'b', next: null, at: '' })
    return c
  }
  it('are one list', () => {
    const c = chunks()
    expect(Array.from({ length: 7 }, (_, i) => c.at(i))).toEqual([0, 1, 2, 3, 4, 5, undefined])
    expect(Array.from({ length: 6 }, (_, i) => c.indexOf(i))).toEqual([0, 0, 0, 1, 1, 2])
    expect([c.loaded, c.count, c.next]).toEqual([6, 3, undefined])
    expect(new Chunks<number>().next).toBeNull()
  })
  it('keep the places of what follows when newer rows come', () => {
    const c = chunks()
    c.replace(0, [10, 11, 12, 13], 'now')
    expect(Array.from({ length: 6 }, (_, i) => c.at(i))).toEqual([10, 11, 12, 3, 4, 5])
    c.replace(0, [20], 'now')
    expect(Array.from({ length: 6 }, (_, i) => c.at(i))).toEqual([20, 11, 12, 3, 4, 5])
    c.replace(2, [50, 60], 'now')
    expect([c.at(5), c.at(6), c.loaded]).toEqual([50, 60, 7])
  })
})
