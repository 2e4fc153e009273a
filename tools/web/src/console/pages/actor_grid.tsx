import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Problem } from '../../shared/ui/basic'
import { Icon } from '../../shared/ui/icon'
import { age, duration, instant, perSecond, short } from '../core/figures'
import { maskText } from '../core/mask'
import { sortedBy, type ActorQuery, type Sort } from '../core/query'
import { reveal, slice } from '../core/window'
import { useCommands } from '../keyboard'
import { live } from '../live'
import { isMissing } from '../state'
import type { ActorRow } from '../types'
import { Path, StateBadge, Unavailable, doing } from '../ui/parts'
import { Spark } from '../ui/spark'
import { useRows, type Item } from './actor_rows'

const row_px = 30

interface Column {
  key: string
  title: string
  hint: string
  sort?: Sort
  figure?: boolean
  cell: (row: ActorRow) => ComponentChildren
}

const columns: Column[] = [
  { key: 'path', title: 'Path', hint: 'Where it stands in the tree', sort: 'path', cell: (r) => <Path path={r.path} /> },
  { key: 'kind', title: 'Kind', hint: 'What kind of actor it is', cell: (r) => r.kind },
  { key: 'state', title: 'State', hint: 'What it does now, and for how long', sort: 'running', cell: (r) => <><StateBadge state={r.state} /> <span class="doing" title={maskText(doing(r))}>{maskText(doing(r))}</span></> },
  { key: 'mailbox', title: 'Mailbox', hint: 'Messages that wait', sort: 'mailbox', figure: true, cell: (r) => <span class={r.mailbox >= 100 ? 'hot' : ''}>{short(r.mailbox)}</span> },
  { key: 'rate', title: 'Msg/s', hint: 'Messages a second, and how that was in the last half minute', sort: 'rate', figure: true, cell: (r) => <><Spark values={live.value.trails.get(r.path)?.values ?? [r.rate]} /><span class="rate">{perSecond(r.rate)}</span></> },
  { key: 'messages', title: 'Messages', hint: 'Messages handled since its birth', sort: 'messages', figure: true, cell: (r) => short(r.messages) },
  { key: 'busy', title: 'Busy', hint: 'Time in handlers since its birth', sort: 'busy', figure: true, cell: (r) => duration(r.busy_us) },
  { key: 'wait', title: 'Wait', hint: 'How long a message waits in the mailbox, on average', sort: 'wait', figure: true, cell: (r) => duration(r.wait_us_mean) },
  { key: 'failures', title: 'Fails', hint: 'Messages that failed', sort: 'failures', figure: true, cell: (r) => <span class={r.failures ? 'hot' : 'nil'}>{short(r.failures)}</span> },
  { key: 'restarts', title: 'Restarts', hint: 'Times it was started again', sort: 'restarts', figure: true, cell: (r) => <span class={r.restarts ? 'hot' : 'nil'}>{short(r.restarts)}</span> },
  { key: 'bytes', title: 'Memory', hint: 'About how many bytes its state holds, where it says so', sort: 'bytes', figure: true, cell: (r) => r.bytes === null ? <span class="nil">–</span> : short(r.bytes) },
  { key: 'last', title: 'Last message', hint: 'Its type and when it was taken', cell: (r) => r.last_message ? <span title={`${r.last_message.type}, ${instant(r.last_message.at)}`}>{r.last_message.type} <span class="muted">{age(r.last_message.at)}</span></span> : <span class="muted">none yet</span> },
  { key: 'born', title: 'Age', hint: 'Since it was born', sort: 'born', figure: true, cell: (r) => age(r.born_at) },
]

interface Props {
  query: ActorQuery
  change: (query: ActorQuery) => void
  shown: string | null
  show: (path: string) => void
}

function Head({ query, change }: Pick<Props, 'query' | 'change'>) {
  return (
    <div class="grid-row grid-head" role="row" aria-rowindex={1}>
      {columns.map((column, i) => {
        const on = column.sort === query.sort
        return (
          <div key={column.key} role="columnheader" aria-colindex={i + 1} class={column.figure ? 'figure' : ''} aria-sort={on ? (query.order === 'asc' ? 'ascending' : 'descending') : undefined} title={column.hint}>
            {column.sort ? (
              <button type="button" tabIndex={0} class={`sort ${on ? (query.order === 'asc' ? 'up' : 'down') : ''}`} onClick={() => change(sortedBy(query, column.sort!))}>{column.title}<Icon name="chevron" size={12} /></button>
            ) : column.title}
          </div>
        )
      })}
    </div>
  )
}

function Row({ item, index, id, active, selected, pick }: { item: Item | undefined; index: number; id: string; active: boolean; selected: boolean; pick: () => void }) {
  if (!item)
    return (
      <div class="grid-row pending" role="row" id={id} aria-rowindex={index + 2}>
        <div role="gridcell" aria-colindex={1} aria-colspan={columns.length}><span class="shade" /><span class="visually-hidden">is being fetched</span></div>
      </div>
    )
  return (
    <div class={`grid-row ${item.row.state} ${active ? 'active' : ''} ${selected ? 'selected' : ''} ${item.gone ? 'gone' : ''}`} role="row" id={id} aria-rowindex={index + 2} aria-selected={selected} onClick={pick}>
      {columns.map((column, i) => <div key={column.key} role="gridcell" aria-colindex={i + 1} class={column.figure ? 'figure' : ''}>{column.cell(item.row)}</div>)}
    </div>
  )
}

/** What the keys of a grid do to the row that is active; null: they do nothing. */
export function gridMove(key: string, active: number, total: number, page: number): number | null {
  const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: total - 1 }[key]
  return to === undefined || total === 0 ? null : Math.min(total - 1, Math.max(0, to))
}

/** The table of actors, however many there are: only what can be seen is fetched, drawn and followed. */
export function ActorGrid({ query, change, shown, show }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const [active, setActive] = useState(-1)
  const [pointed, setPointed] = useState(false)
  const rows = useRows(query, pointed || active >= 0)
  const part = slice(rows.total, row_px, view.top, view.height - row_px)
  useEffect(() => rows.see(part.first, part.end), [part.first, part.end, rows.loaded, rows.total])
  useEffect(() => {
    setActive(-1)
    box.current?.scrollTo({ top: 0 })
  }, [JSON.stringify(query)])
  useLayoutEffect(() => {
    const element = box.current!
    const watcher = new ResizeObserver(() => setView((v) => ({ ...v, height: element.clientHeight })))
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [])
  const activate = (index: number) => {
    setActive(index)
    const element = box.current!
    element.scrollTop = reveal(index, rows.total, row_px, element.scrollTop, element.clientHeight - row_px)
  }
  const open = (index: number) => {
    const item = rows.get(index)
    if (item) show(item.row.path)
  }
  const move = (key: string) => {
    const to = gridMove(key, active, rows.total, Math.max(1, Math.floor(view.height / row_px) - 2))
    if (to !== null) activate(to)
    return to !== null
  }
  useCommands({
    move: (by) => {
      box.current?.focus()
      move(by > 0 ? 'ArrowDown' : 'ArrowUp')
    },
    open: () => open(active),
    refresh: rows.reload,
    leave: () => {
      if (active < 0) return false
      setActive(-1)
      return true
    },
  })
  const keys = (event: KeyboardEvent) => {
    if (event.target !== box.current) return
    if (move(event.key)) event.preventDefault()
    else if ((event.key === 'Enter' || event.key === ' ') && active >= 0) {
      event.preventDefault()
      open(active)
    }
  }
  if (isMissing(rows.error)) return <Unavailable what="The actors" />
  const at = rows.atOf(Math.floor((part.first + part.end) / 2))
  const drawn = Array.from({ length: part.end - part.first }, (_, i) => part.first + i)
  return (
    <div class="grid-frame">
      {rows.error !== undefined && <Problem error={rows.error} retry={rows.reload} />}
      <div
        ref={box} class="grid" role="grid" tabIndex={0} aria-label="Actors" aria-rowcount={rows.total + 1} aria-colcount={columns.length} aria-busy={rows.busy}
        aria-activedescendant={active >= part.first && active < part.end ? `actor-${active}` : undefined}
        onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
        onKeyDown={keys}
        onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)}
      >
        <div role="rowgroup"><Head query={query} change={change} /></div>
        <div class="grid-body" role="rowgroup" style={{ height: `${part.height}px` }}>
          <div style={{ transform: `translateY(${part.offset}px)` }}>
            {drawn.map((index) => {
              const item = rows.get(index)
              return <Row key={index} item={item} index={index} id={`actor-${index}`} active={index === active} selected={item !== undefined && item.row.path === shown} pick={() => { setActive(index); open(index) }} />
            })}
          </div>
        </div>
      </div>
      {rows.total === 0 && !rows.busy && <p class="grid-empty" role="status">No actor is like that.</p>}
      <p class="grid-foot muted small">
        <span>{short(rows.total)} actors{rows.loaded < rows.total ? `, ${short(rows.loaded)} fetched` : ''}</span>
        <span>{at ? `figures of ${instant(at).slice(0, 8)}` : ''}{(pointed || active >= 0) && rows.total > 0 ? ' · order held while you point at it' : ''}</span>
      </p>
    </div>
  )
}
