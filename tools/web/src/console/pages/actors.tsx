import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { place } from '../../shared/router'
import { Icon } from '../../shared/ui/icon'
import { perSecond, short } from '../core/figures'
import { cleanPath, everything, readQuery, states, writeQuery, type ActorQuery } from '../core/query'
import { following, heard_at, live, socket_state, useLive } from '../live'
import { useCommands } from '../keyboard'
import { here, replaceHere } from '../state'
import { Glyph } from '../ui/glyph'
import { Choice, PageHead } from '../ui/parts'
import { ActorDrawer } from './actor_detail'
import { ActorGrid } from './actor_grid'
import { ActorKinds } from './actor_kinds'
import { ActorTree } from './actor_tree'
import { DeadActors } from './actor_dead'

type View = 'table' | 'kinds' | 'tree' | 'dead'
const views: [View, string][] = [['table', 'Table'], ['kinds', 'Kinds'], ['tree', 'Tree'], ['dead', 'Dead']]

/** A field whose value takes effect a moment after the last key. */
function Search({ label, value, change, placeholder, list, main = false }: { label: string; value: string; change: (value: string) => void; placeholder?: string; list?: string[]; main?: boolean }) {
  const id = useId()
  const [text, setText] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => setText(value), [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <div class="filter">
      <label for={id}>{label}</label>
      <input
        id={id} type="search" value={text} placeholder={placeholder} data-search={main ? '' : undefined} autocomplete="off" spellcheck={false} list={list ? `${id}-list` : undefined}
        onInput={(event) => {
          const next = event.currentTarget.value
          setText(next)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => change(next), 250)
        }}
      />
      {list && <datalist id={`${id}-list`}>{list.map((item) => <option key={item} value={item} />)}</datalist>}
    </div>
  )
}

function Filters({ query, change }: { query: ActorQuery; change: (query: ActorQuery) => void }) {
  const id = useId()
  const kinds = [...new Set([...live.value.kinds.map((k) => k.kind), query.kind].filter(Boolean))].sort()
  const filtered = query.q || query.path || query.kind || query.state
  return (
    <form class="filters" role="search" aria-label="Filter actors" onSubmit={(event) => event.preventDefault()}>
      <Search main label="Search" placeholder="part of a path" value={query.q} change={(q) => change({ ...query, q })} />
      <Search label="Below" placeholder="/users" value={query.path} change={(path) => change({ ...query, path: cleanPath(path) })} list={['/system', '/users', '/jobs', '/applications', '/workflows', '/batches']} />
      <div class="filter">
        <label for={`${id}-kind`}>Kind</label>
        <select id={`${id}-kind`} value={query.kind} onChange={(event) => change({ ...query, kind: event.currentTarget.value })}>
          <option value="">all kinds</option>
          {kinds.map((kind) => <option key={kind} value={kind}>{kind}</option>)}
        </select>
      </div>
      <div class="filter">
        <label for={`${id}-state`}>State</label>
        <select id={`${id}-state`} value={query.state} onChange={(event) => change({ ...query, state: event.currentTarget.value })}>
          <option value="">any</option>
          {states.map((state) => <option key={state} value={state}>{state}</option>)}
        </select>
      </div>
      {filtered && <button type="button" class="button plain small" onClick={() => change({ ...everything, sort: query.sort, order: query.order })}><Icon name="close" size={14} />Clear</button>}
    </form>
  )
}

/** The whole in one line, as the stream tells it; and whether it does. */
function Strip() {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((t) => t + 1), 2000)
    return () => clearInterval(timer)
  }, [])
  const { totals, problem } = live.value
  // The words stay the same while it lasts: they are read out when they change.
  const stale = socket_state.value === 'open' && following.value && Date.now() - heard_at.value > 5000
  const state = problem ? 'bad' : socket_state.value !== 'open' ? 'late' : !following.value ? 'held' : stale ? 'late' : ''
  const words = problem ?? (socket_state.value === 'connecting' ? 'connecting' : socket_state.value !== 'open' ? 'connection lost, trying again' : !following.value ? 'held' : stale ? 'nothing heard of late' : 'live')
  return (
    <div class="strip">
      {totals && (
        <dl>
          <div><dt>actors</dt><dd>{short(totals.actors)}</dd></div>
          <div><dt>running</dt><dd>{short(totals.running)}</dd></div>
          <div><dt>in mailboxes</dt><dd>{short(totals.mailbox)}</dd></div>
          <div><dt>messages /s</dt><dd>{perSecond(totals.rate)}</dd></div>
          <div><dt>failures</dt><dd>{short(totals.failures)}</dd></div>
          <div><dt>restarts</dt><dd>{short(totals.restarts)}</dd></div>
        </dl>
      )}
      <span class={`pulse ${state}`} role="status"><i />{words}</span>
      <button type="button" class="button soft small" aria-pressed={!following.value} onClick={() => (following.value = !following.value)}>
        <Glyph name={following.value ? 'pause' : 'play'} size={14} />{following.value ? 'Hold' : 'Go on'}
      </button>
    </div>
  )
}

/** Everything that lives, as a table or a tree, and what has died. */
export function ActorsPage() {
  useLive()
  const { query: params } = place.value
  const query = readQuery(params)
  const view = (views.find(([v]) => v === params.get('view'))?.[0] ?? 'table') as View
  const shown = params.get('show')
  const change = (next: ActorQuery) => replaceHere(writeQuery(next, place.value.query))
  useCommands({ live: () => (following.value = !following.value) })
  const pick = (next: View) => {
    const p = new URLSearchParams(place.value.query)
    if (next === 'table') p.delete('view')
    else p.set('view', next)
    replaceHere(p)
  }
  const show = (path: string | null) => (location.hash = here({ show: path }))
  return (
    <div class="actors-page">
      <PageHead title="Actors" tools={<Choice label="View" options={views} value={view} pick={pick} />}>
        Each has one mailbox and one state, and does one thing at a time.
      </PageHead>
      <Strip />
      {(view === 'table' || view === 'tree') && <Filters query={query} change={change} />}
      {view === 'table' && <ActorGrid query={query} change={change} shown={shown} show={show} />}
      {view === 'kinds' && <ActorKinds />}
      {view === 'tree' && <ActorTree root={query.path || '/'} show={show} browse={(path) => location.hash = here({ view: null, path })} />}
      {view === 'dead' && <DeadActors />}
      {shown && <ActorDrawer key={shown} path={shown} close={() => show(null)} go={show} />}
    </div>
  )
}
