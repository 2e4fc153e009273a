import type { Schedule } from '../types'
import { durationMs, durationS } from './figures'

/** When it runs, in a few signs. */
export const rhythm = (s: Pick<Schedule, 'cron' | 'every_s'>) => s.cron ?? (s.every_s ? `every ${durationS(s.every_s)}` : 'by hand')

/** In how long something is due; what should have begun already waits for the run before it. */
export function due(at: string | null, now = Date.now()): string {
  if (!at) return '–'
  const ms = Date.parse(at) - now
  return ms <= 0 ? 'due' : `in ${durationS(Math.ceil(ms / 1000))}`
}

/** How long it took; empty while it is under way or has not begun. */
export function took(of: { started_at: string | null; ended_at: string | null }): string {
  if (!of.started_at || !of.ended_at) return ''
  return durationMs(Math.max(0, Date.parse(of.ended_at) - Date.parse(of.started_at)))
}
