import { useEffect, useRef, useState } from 'preact/hooks'
import { search, wireQuery, type ActorQuery } from '../core/query'
import { held } from '../core/stream'
import { Chunks } from '../core/window'
import { live, watch } from '../live'
import { api } from '../state'
import type { ActorPage, ActorRow } from '../types'

/** A row of the table; `gone`: it ended while the order was held. */
export interface Item {
  row: ActorRow
  gone: boolean
}

export interface Rows {
  total: number
  loaded: number
  /** When the rows at that place were told. */
  atOf: (index: number) => string | undefined
  get: (index: number) => Item | undefined
  busy: boolean
  error: unknown
  /** The window shows these rows: they are fetched, and followed live. */
  see: (first: number, end: number) => void
  reload: () => void
}

const page_size = 200
const items = (rows: ActorRow[]): Item[] => rows.map((row) => ({ row, gone: false }))

/** All rows of a query: pages by cursor as far as somebody has looked, the page in view followed by the stream. */
export function useRows(query: ActorQuery, hold: boolean): Rows {
  const key = JSON.stringify(query)
  const chunks = useRef(new Chunks<Item>())
  const wanted = useRef(page_size)
  const inView = useRef(0)
  const [state, setState] = useState<{ total: number; busy: boolean; error: unknown; version: number }>({ total: 0, busy: true, error: undefined, version: 0 })
  const [turn, setTurn] = useState(0)
  const control = useRef<AbortController>(undefined)

  const fill = async (mine: AbortController) => {
    try {
      while (!mine.signal.aborted && chunks.current.loaded < wanted.current && chunks.current.next !== undefined) {
        const cursor = chunks.current.next
        const page = await api.get<ActorPage>('/admin/actors?' + search(wireQuery(query, page_size, cursor)), { signal: mine.signal })
        if (mine.signal.aborted) return
        chunks.current.add({ rows: items(page.items), cursor, next: page.next, at: page.at })
        setState((s) => ({ ...s, total: page.total, error: undefined, version: s.version + 1 }))
      }
      if (!mine.signal.aborted) setState((s) => ({ ...s, busy: false }))
    } catch (error) {
      if (!mine.signal.aborted) setState((s) => ({ ...s, busy: false, error }))
    }
  }
  const running = useRef(false)
  const more = () => {
    const mine = control.current
    if (!mine || running.current || mine.signal.aborted) return
    running.current = true
    setState((s) => ({ ...s, busy: true }))
    void fill(mine).finally(() => {
      if (control.current === mine) running.current = false
    })
  }

  useEffect(() => {
    const mine = new AbortController()
    control.current = mine
    running.current = false
    chunks.current = new Chunks()
    wanted.current = page_size
    inView.current = 0
    setState((s) => ({ ...s, error: undefined, version: s.version + 1 }))
    watch(wireQuery(query, page_size))
    more()
    return () => mine.abort()
  }, [key, turn])

  // The stream's rows replace those of the page in view.
  const frame = live.value
  const heard = useRef(frame.frames)
  useEffect(() => {
    if (frame.frames === heard.current) return
    heard.current = frame.frames
    const chunk = chunks.current.chunk(inView.current)
    if (!chunk || frame.at === null) return
    const rows = hold ? held(chunk.rows.map((i) => i.row.path), frame.rows, new Map(chunk.rows.map((i) => [i.row.path, i.row]))) : items(frame.rows)
    chunks.current.replace(inView.current, rows, frame.at)
    setState((s) => ({ ...s, total: frame.total, version: s.version + 1 }))
  }, [frame])

  const see = (first: number, end: number) => {
    const at = Math.max(0, chunks.current.indexOf(first + Math.floor((end - first) / 2)))
    if (at !== inView.current) {
      inView.current = at
      watch(wireQuery(query, page_size, chunks.current.chunk(at)?.cursor ?? null))
    }
    if (end > wanted.current) wanted.current = end + page_size / 2
    if (chunks.current.loaded < wanted.current && chunks.current.next !== undefined && state.error === undefined) more()
  }
  const all = chunks.current
  return {
    total: Math.max(state.total, all.loaded), loaded: all.loaded, busy: state.busy, error: state.error, see,
    get: (index) => all.at(index),
    atOf: (index) => all.chunk(all.indexOf(index))?.at,
    reload: () => setTurn((t) => t + 1),
  }
}
