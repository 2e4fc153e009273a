import { describe, expect, it } from 'vitest'
import { ceiling, linePath, nearest, shares } from './line'

describe('lines', () => {
  it('stand where their moments are, however unevenly those came', () => {
    expect(shares([0, 2, 10])).toEqual([0, 0.2, 1])
    expect([shares([]), shares([5]), shares([5, 5])]).toEqual([[], [1], [1, 1]])
    expect(linePath([0, 5, 10], (i) => shares([0, 2, 10])[i]!, 100, 10, 10)).toBe('M0.0 10.0L20.0 5.0L100.0 0.0')
  })
  it('break where nothing is known, and stay inside', () => {
    expect(linePath([1, null, 1, 99, -5], (i) => i / 4, 100, 10, 10)).toBe('M0.0 9.0M50.0 9.0L75.0 0.0L100.0 10.0')
    expect(linePath([null, null], () => 0, 100, 10, 10)).toBe('')
  })
  it('end at a round value that is above all, and not far', () => {
    for (let v = 0.0001; v < 1e9; v *= 1.37) {
      expect(ceiling(v)).toBeGreaterThanOrEqual(v)
      expect(ceiling(v)).toBeLessThanOrEqual(v * 2)
    }
    expect(ceiling(0)).toBe(1)
  })
  it('find the moment under the pointer', () => {
    expect([0, 0.09, 0.11, 0.9, 1].map((p) => nearest([0, 0.2, 1], p))).toEqual([0, 0, 1, 2, 2])
  })
})
