import { describe, expect, it } from 'vitest'
import { Pages, height_max, reveal, slice } from './window'

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
  const pages = () => {
    const p = new Pages<number>(3)
    p.put(0, { rows: [0, 1, 2], cursor: null, next: 'a', at: '' })
    p.put(1, { rows: [3, 4, 5], cursor: 'a', next: 'b', at: '' })
    p.put(9, { rows: [27, 28], cursor: 'x', next: null, at: 'then' })
    return p
  }
  it('are one list with gaps', () => {
    const p = pages()
    expect([0, 2, 3, 5, 6, 27, 28, 29].map((i) => p.at(i))).toEqual([0, 2, 3, 5, undefined, 27, 28, undefined])
    expect([0, 2, 3, 29].map((i) => p.indexOf(i))).toEqual([0, 0, 1, 9])
    expect([p.loaded, p.page(9)?.at, p.page(2)]).toEqual([8, 'then', undefined])
  })
  it('are asked for by the page before, or else by their place', () => {
    const p = pages()
    expect(new Pages(3).place(0)).toEqual({ cursor: null, skip: 0 })
    expect(p.place(1)).toEqual({ cursor: 'a', skip: 0 })
    expect(p.place(2)).toEqual({ cursor: 'b', skip: 0 })
    expect(p.place(5)).toEqual({ cursor: null, skip: 15 })
    expect(p.place(9)).toEqual({ cursor: 'x', skip: 0 })
  })
  it('are fetched where somebody looks', () => {
    const p = pages()
    expect(new Pages(3).lacking(0, 3)).toBe(0)
    expect(p.lacking(0, 6)).toBeUndefined()
    expect(p.lacking(4, 8)).toBe(2)
    expect(p.lacking(16, 20)).toBe(4)
    p.put(4, { rows: [12, 13, 14], cursor: null, next: 'e', at: '' })
    expect(p.lacking(16, 20)).toBe(5)
    expect(p.lacking(27, 40)).toBeUndefined()
  })
  it('take newer rows', () => {
    const p = pages()
    p.replace(0, [10, 11, 12, 13], 'now')
    expect([0, 1, 2, 3].map((i) => p.at(i))).toEqual([10, 11, 12, 3])
    p.replace(0, [20], 'now')
    expect([0, 1, 2, 3].map((i) => p.at(i))).toEqual([20, 11, 12, 3])
    p.replace(9, [50], 'now')
    expect([27, 28].map((i) => p.at(i))).toEqual([50, undefined])
    p.replace(9, [50, 60, 70], 'now')
    expect([27, 28, 29].map((i) => p.at(i))).toEqual([50, 60, 70])
    p.replace(7, [1], 'now')
    expect(p.page(7)).toBeUndefined()
  })
})
