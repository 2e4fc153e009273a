import { useEffect, useRef, useState } from 'preact/hooks'
import { search, wireQuery, type ActorQuery } from '../core/query'
import { held } from '../core/stream'
import { Pages } from '../core/window'
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

/** All rows of a query: pages where somebody has looked, the page in view followed by the stream. */
export function useRows(query: ActorQuery, hold: boolean): Rows {
  const key = JSON.stringify(query)
  const pages = useRef(new Pages<Item>(page_size))
  const wanted = useRef({ first: 0, end: 1 })
  const inView = useRef(0)
  const [state, setState] = useState<{ total: number; busy: boolean; error: unknown; version: number }>({ total: 0, busy: true, error: undefined, version: 0 })
  const [turn, setTurn] = useState(0)
  const control = useRef<AbortController>(undefined)
  const lacking = () => pages.current.lacking(wanted.current.first, wanted.current.end)

  const fill = async (mine: AbortController) => {
    try {
      for (let index = lacking(); index !== undefined && !mine.signal.aborted; index = lacking()) {
        const place = pages.current.place(index)
        const page = await api.get<ActorPage>('/admin/actors?' + search(wireQuery(query, page_size, place)), { signal: mine.signal })
        if (mine.signal.aborted) return
        pages.current.put(index, { rows: items(page.items), cursor: place.cursor, next: page.next, at: page.at })
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
    pages.current = new Pages(page_size)
    wanted.current = { first: 0, end: 1 }
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
    const page = pages.current.page(inView.current)
    if (!page || frame.at === null) return
    const rows = hold ? held(page.rows.map((i) => i.row.path), frame.rows, new Map(page.rows.map((i) => [i.row.path, i.row]))) : items(frame.rows)
    pages.current.replace(inView.current, rows, frame.at)
    setState((s) => ({ ...s, total: frame.total, version: s.version + 1 }))
  }, [frame])

  const see = (first: number, end: number) => {
    const at = pages.current.indexOf(first + Math.floor((end - first) / 2))
    // The rows that come next are fetched before they are seen.
    wanted.current = { first, end: Math.max(first + 1, Math.min(end + page_size / 2, Math.max(state.total, end))) }
    if (at !== inView.current && pages.current.page(at)) {
      inView.current = at
      watch(wireQuery(query, page_size, pages.current.place(at)))
    }
    if (state.error === undefined && lacking() !== undefined) more()
  }
  const all = pages.current
  return {
    total: state.total, loaded: all.loaded, busy: state.busy, error: state.error, see,
    get: (index) => all.at(index),
    atOf: (index) => all.page(all.indexOf(index))?.at,
    reload: () => setTurn((t) => t + 1),
  }
}
