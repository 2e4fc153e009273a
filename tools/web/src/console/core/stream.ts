import type { ActorRow, Alarm, Figures, KindFigures, Totals } from '../types'

/** Values of the last moments, the newest last. */
export interface Trail {
  values: (number | null)[]
  seen: number
}

/** What the live stream has told so far. */
export interface Live {
  at: string | null
  /** Frames heard. */
  frames: number
  totals: Totals | null
  kinds: KindFigures[]
  rows: ActorRow[]
  total: number
  alarms: Alarm[]
  /** Messages a second of all actors. */
  rates: { at: number; value: number | null }[]
  /** Messages a second by path, for the rows that were told lately. */
  trails: ReadonlyMap<string, Trail>
  problem: string | null
}

export const silent: Live = { at: null, frames: 0, totals: null, kinds: [], rows: [], total: 0, alarms: [], rates: [], trails: new Map(), problem: null }

export const trail_length = 30
export const rates_length = 300
/** Frames after which a row that was not told of any more is forgotten, and the most that are remembered. */
export const trail_patience = 60
export const trails_most = 5000

type Frame = Record<string, unknown>

function isFigures(frame: Frame): frame is Frame & Figures {
  return frame['type'] === 'figures' && Array.isArray(frame['rows']) && typeof frame['totals'] === 'object' && frame['totals'] !== null
}

function nextTrails(trails: ReadonlyMap<string, Trail>, rows: ActorRow[], frame: number): Map<string, Trail> {
  const next = new Map<string, Trail>()
  for (const [path, trail] of trails) if (frame - trail.seen < trail_patience) next.set(path, trail)
  for (const row of rows) {
    const before = next.get(row.path)
    // What was not told of meanwhile leaves a gap.
    const gap = before ? Array<null>(Math.min(trail_length, frame - before.seen - 1)).fill(null) : []
    next.delete(row.path)
    next.set(row.path, { values: [...(before?.values ?? []), ...gap, row.rate].slice(-trail_length), seen: frame })
  }
  for (const path of next.keys()) {
    if (next.size <= trails_most) break
    next.delete(path)
  }
  return next
}

/** What is known after one more frame. */
export function hear(live: Live, frame: Frame): Live {
  if (isFigures(frame)) {
    const frames = live.frames + 1
    return {
      ...live,
      at: frame.at,
      frames,
      totals: frame.totals,
      kinds: frame.kinds ?? [],
      rows: frame.rows,
      total: frame.total,
      rates: [...live.rates, { at: Date.parse(frame.at), value: frame.totals.rate }].slice(-rates_length),
      trails: nextTrails(live.trails, frame.rows, frames),
      problem: null,
    }
  }
  if (frame['type'] === 'alarm') {
    const alarm = frame['alarm'] as Alarm
    return { ...live, alarms: [...live.alarms.filter((a) => a.id !== alarm.id), alarm] }
  }
  if (frame['type'] === 'alarm_over') return { ...live, alarms: live.alarms.filter((a) => a.id !== frame['id']) }
  if (frame['type'] === 'error') return { ...live, problem: String(frame['detail'] ?? frame['code'] ?? 'The server refused the stream.') }
  return live
}

/**
 * The rows in the order they had, with the figures they have now: while somebody points at a row, nothing moves away
 * from under them. Rows that are new come last; those that went are kept, marked.
 */
export function held(order: string[], rows: ActorRow[], gone: ReadonlyMap<string, ActorRow>): { row: ActorRow; gone: boolean }[] {
  const now = new Map(rows.map((row) => [row.path, row]))
  const out: { row: ActorRow; gone: boolean }[] = []
  for (const path of order) {
    const row = now.get(path)
    const last = gone.get(path)
    if (row) out.push({ row, gone: false })
    else if (last) out.push({ row: last, gone: true })
    now.delete(path)
  }
  for (const row of now.values()) out.push({ row, gone: false })
  return out
}
