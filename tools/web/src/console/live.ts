import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError } from '../shared/problem'
import { Live as Socket } from '../shared/live'
import { hear, silent, type Live } from './core/stream'
import { api, sample } from './state'

/** What the stream has told; nothing while nobody looks. */
export const live = signal<Live>(silent)
/** Whether figures are taken over as they come. */
export const following = signal(true)
/** When the last frame came, in milliseconds since 1970; 0: none yet. */
export const heard_at = signal(0)

export const interval_ms = 1000
const silence_ms = 15_000
const hidden_ms = 10_000
// Frames that were on their way when a new question was sent still answer the old one.
const settle_ms = 250

type Wire = Record<string, string | number>
let wanted: Wire = { limit: 1 }
let asked_at = 0
let watchers = 0

const socket = new Socket({
  address: () => api.socketAddress('/admin/actors/stream'),
  onOpen: ask,
  onMessage: (frame) => {
    heard_at.value = Date.now()
    if (frame['type'] === 'figures' && (!following.value || performance.now() - asked_at < settle_ms)) return
    live.value = hear(live.value, frame)
    // Alarms stand on every page; the overview has them all.
    if (frame['type'] === 'alarm' || frame['type'] === 'alarm_over') void sample()
  },
  isFinal: (error) => error instanceof ApiError && (error.status === 401 || error.status === 403),
})
export const socket_state = socket.state

function ask(): void {
  asked_at = performance.now()
  heard_at.value = Date.now()
  socket.send({ type: 'watch', query: wanted, interval_ms })
}

/** Which rows the stream tells of from now on. */
export function watch(query: Wire): void {
  if (JSON.stringify(query) === JSON.stringify(wanted)) return
  wanted = query
  ask()
}

// A connection that says nothing is dead, whatever the browser thinks.
setInterval(() => {
  if (socket.state.value !== 'open' || Date.now() - heard_at.value < silence_ms) return
  socket.stop()
  socket.start()
}, 2000)

let away: ReturnType<typeof setTimeout> | undefined
document.addEventListener('visibilitychange', () => {
  clearTimeout(away)
  if (document.visibilityState === 'hidden') away = setTimeout(() => socket.stop(), hidden_ms)
  else if (watchers > 0) socket.start()
})

/** Keeps the stream open while the page that calls it is shown. */
export function useLive(): void {
  useEffect(() => {
    watchers++
    socket.start()
    return () => {
      watchers--
      // The next page may want it, too.
      setTimeout(() => {
        if (watchers > 0) return
        socket.stop()
        live.value = { ...live.value, alarms: [] }
      }, 0)
    }
  }, [])
}
