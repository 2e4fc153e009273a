import { describe, expect, it } from 'vitest'
import type { ActorRow } from '../types'
import { hear, held, silent, trail_length, trail_patience, type Live } from './stream'

const row = (path: string, rate: number | null = 0, mailbox = 0): ActorRow => ({
  path, kind: 'user', parent: '/users', state: 'idle', waiting_on: null, mailbox, messages: 0, rate, failures: 0, dropped: 0, restarts: 0, busy_us: 0, wait_us_mean: 0,
  last_message: null, running_us: null, born_at: '2026-11-21T12:00:00Z', bytes: null,
})
const totals = { actors: 2, running: 0, mailbox: 0, messages: 10, rate: 3, failures: 0, restarts: 0 }
const figures = (rows: ActorRow[], second = 0) => ({ type: 'figures', at: new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString(), totals, kinds: [], rows, total: rows.length })
const after = (...frames: object[]) => frames.reduce<Live>((live, frame) => hear(live, frame as Record<string, unknown>), silent)

describe('the live stream', () => {
  it('remembers the last rates of every row it tells of', () => {
    const live = after(figures([row('/a', 1)]), figures([row('/a', 2), row('/b', 5)], 1))
    expect(live.frames).toBe(2)
    expect(live.trails.get('/a')?.values).toEqual([1, 2])
    expect(live.trails.get('/b')?.values).toEqual([5])
    expect(live.rates.map((r) => r.value)).toEqual([3, 3])
  })
  it('shows a gap where a row was not told of, forgets it later, and keeps no more than fit', () => {
    const gap = after(figures([row('/a', 1)]), figures([row('/b')]), figures([row('/a', 3)]))
    expect(gap.trails.get('/a')?.values).toEqual([1, null, 3])
    const gone = after(figures([row('/a', 1)]), ...Array.from({ length: trail_patience }, () => figures([row('/b')])))
    expect(gone.trails.has('/a')).toBe(false)
    const long = after(...Array.from({ length: 100 }, (_, i) => figures([row('/a', i)])))
    expect(long.trails.get('/a')?.values).toEqual(Array.from({ length: trail_length }, (_, i) => 100 - trail_length + i))
  })
  it('is not changed by a frame: each state is a new one', () => {
    const first = after(figures([row('/a', 1)]))
    const copy = first.trails.get('/a')?.values
    hear(first, figures([row('/a', 2)]))
    expect(first.trails.get('/a')?.values).toBe(copy)
    expect(copy).toEqual([1])
  })
  it('knows which alarms last', () => {
    const alarm = (id: string, detail = '') => ({ type: 'alarm', alarm: { id, kind: 'long_mailbox', path: '/a', detail, since: '', level: 'warning' } })
    const live = after(alarm('1'), alarm('2'), alarm('1', 'worse'), { type: 'alarm_over', id: '2' }, { type: 'alarm_over', id: '9' })
    expect(live.alarms.map((a) => [a.id, a.detail])).toEqual([['1', 'worse']])
  })
  it('says what the server refuses until it is well again, and ignores what it does not know', () => {
    const refused = after({ type: 'error', code: 'invalid', detail: 'limit must be at most 1000' })
    expect(refused.problem).toBe('limit must be at most 1000')
    expect(hear(refused, figures([])).problem).toBeNull()
    expect(after({ type: 'figures' }, { type: 'news' }, {})).toEqual(silent)
  })
  it('holds the order while somebody points at it', () => {
    const rows = [row('/c'), row('/a', 9), row('/n')]
    const gone = new Map([['/b', row('/b')]])
    expect(held(['/a', '/b', '/c', '/x'], rows, gone).map((h) => [h.row.path, h.gone, h.row.rate])).toEqual([
      ['/a', false, 9], ['/b', true, 0], ['/c', false, 0], ['/n', false, 0],
    ])
  })
})
