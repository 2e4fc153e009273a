import { describe, expect, it } from 'vitest'
import type { Span } from '../types'
import { bars, breakdown, inTreeOrder, lengthOf, ticks, traceIdIn } from './waterfall'

const span = (id: string, parent: string | null, start_us: number, wait_us: number, run_us: number, more: Partial<Span> = {}): Span => ({
  id, parent, kind: 'message', name: id, actor: null, sender: null, start_us, wait_us, run_us, failed: false, depth: 0, ...more,
})
const request = span('r', null, 0, 0, 1000, { kind: 'request' })
const actor = span('m', 'r', 100, 50, 650)
const sql = span('s', 'm', 200, 100, 300, { kind: 'statement' })
const call = span('c', 'm', 600, 0, 150, { kind: 'call' })

/** Random trees, the same on every run. */
function* trees(count: number): Generator<Span[]> {
  let seed = 42
  const random = (most: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % most
  for (let t = 0; t < count; t++) {
    const size = 1 + random(40)
    yield Array.from({ length: size }, (_, i) => span(`${i}`, i === 0 || random(10) === 0 ? null : `${random(i + 2)}`, random(1000), random(50), random(400)))
  }
}

describe('the waterfall', () => {
  it('stands in the order of the tree, whatever order the spans came in', () => {
    const order = inTreeOrder([call, sql, request, actor])
    expect(order.map((o) => [o.span.id, o.depth, o.below, o.children])).toEqual([['r', 0, 3, 1], ['m', 1, 2, 2], ['s', 2, 0, 0], ['c', 2, 0, 0]])
  })
  it('shows every span once: orphans at the top, and even those that name each other as parents', () => {
    expect(inTreeOrder([span('a', 'gone', 5, 0, 1), span('b', 'a', 6, 0, 1)]).map((o) => [o.span.id, o.depth])).toEqual([['a', 0], ['b', 1]])
    expect(inTreeOrder([span('x', 'y', 0, 0, 1), span('y', 'x', 0, 0, 1), span('z', 'z', 1, 0, 1)]).map((o) => o.span.id).sort()).toEqual(['x', 'y', 'z'])
    for (const spans of trees(300)) {
      const order = inTreeOrder(spans)
      expect(order.map((o) => o.span.id).sort()).toEqual(spans.map((s) => s.id).sort())
      order.forEach(({ depth, below }, i) => {
        const end = order.findIndex((o, at) => at > i && o.depth <= depth)
        expect(below).toBe((end < 0 ? order.length : end) - i - 1)
      })
    }
  })
  it('bears a chain of many thousands', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => span(`${i}`, i ? `${i - 1}` : null, i, 0, 1))
    expect(inTreeOrder(chain).at(-1)).toMatchObject({ depth: 19_999, below: 0 })
  })
  it('places waiting before running, as shares of the whole', () => {
    const [, second] = bars([request, actor, sql, call])
    expect(second).toMatchObject({ left: 0.1, wait: 0.05, run: 0.65, hidden: false })
    for (const spans of trees(100)) for (const bar of bars(spans)) expect(bar.left + bar.wait + bar.run).toBeLessThanOrEqual(1 + 1e-9)
  })
  it('folds what stands below', () => {
    const folded = (...ids: string[]) => bars([request, actor, sql, call], new Set(ids)).filter((b) => !b.hidden).map((b) => b.span.id)
    expect(folded()).toEqual(['r', 'm', 's', 'c'])
    expect(folded('m')).toEqual(['r', 'm'])
    expect(folded('r', 'm')).toEqual(['r'])
  })
  it('says where the time went, and that is all of it', () => {
    const shares = Object.fromEntries(breakdown([request, actor, sql, call]).map((s) => [s.kind, s.us]))
    expect(shares).toEqual({ request: 300, message: 100, waiting: 150, statement: 300, call: 150 })
    expect(breakdown([span('a', null, 0, 0, 10), span('b', null, 30, 0, 10)]).find((s) => s.kind === 'between')?.us).toBe(20)
    for (const spans of trees(200)) expect(Math.max(1, breakdown(spans).reduce((sum, s) => sum + s.us, 0))).toBe(lengthOf(spans))
  })
  it('marks round times', () => {
    expect(ticks(1000)).toEqual([0, 200, 400, 600, 800, 1000])
    expect(ticks(42)).toEqual([0, 10, 20, 30, 40])
    for (let us = 1; us < 1e9; us *= 1.7) expect(ticks(us).length).toBeLessThanOrEqual(8)
  })
  it('finds a trace id in what is pasted', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736'
    for (const text of [id, ` ${id.toUpperCase()}\n`, `00-${id}-00f067aa0ba902b7-01`, '4bf92f35-77b3-4da6-a3ce-929d0e0e4736']) expect(traceIdIn(text)).toBe(id)
    for (const text of ['', 'abc', '0'.repeat(32), id + '0', '/users/42']) expect(traceIdIn(text)).toBeNull()
  })
})
