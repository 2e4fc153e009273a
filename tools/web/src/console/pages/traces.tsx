import { useEffect, useRef, useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { go, place } from '../../shared/router'
import { Badge, Button } from '../../shared/ui/basic'
import { Icon } from '../../shared/ui/icon'
import { Table, type Column } from '../../shared/ui/table'
import { duration, past, short } from '../core/figures'
import { traceIdIn } from '../core/waterfall'
import { useCommands } from '../keyboard'
import { api, replaceHere } from '../state'
import type { TraceRow } from '../types'
import { Choice, Gate, PageHead, Share } from '../ui/parts'
import { TracePage } from './trace'

type List = 'recent' | 'slowest' | 'failed'
const lists: [List, string][] = [['recent', 'Recent'], ['slowest', 'Slowest'], ['failed', 'Failed']]

function Find() {
  const [wrong, setWrong] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const submit = (event: Event) => {
    event.preventDefault()
    const id = traceIdIn(field.current!.value)
    setWrong(!id)
    if (id) go('traces', id)
  }
  return (
    <form class="filters" role="search" aria-label="Find a trace" onSubmit={submit}>
      <div class="filter grow">
        <label for="trace-id">Trace id, or a traceparent header</label>
        <input id="trace-id" ref={field} data-search="" autocomplete="off" spellcheck={false} placeholder="4bf92f3577b34da6a3ce929d0e0e4736" aria-invalid={wrong} aria-describedby={wrong ? 'trace-wrong' : undefined} onInput={() => setWrong(false)} />
        {wrong && <p class="field-error" id="trace-wrong">A trace id has 32 hexadecimal digits.</p>}
      </div>
      <Button type="submit" look="primary" icon="search">Find</Button>
    </form>
  )
}

const columns = (top: number): Column<TraceRow>[] => [
  { key: 'name', title: 'Request', cell: (t) => t.name, sort: (t) => t.name },
  { key: 'id', title: 'Trace', cell: (t) => <code>{t.trace_id.slice(0, 16)}…</code> },
  { key: 'state', title: 'Outcome', cell: (t) => (t.failed ? <Badge tone="bad">failed</Badge> : <span class="muted">done</span>), sort: (t) => Number(t.failed) },
  { key: 'spans', title: 'Spans', figure: true, cell: (t) => short(t.spans), sort: (t) => t.spans },
  { key: 'duration', title: 'Took', figure: true, cell: (t) => <span class="shared"><Share value={t.duration_us} of={top} /><b>{duration(t.duration_us)}</b></span>, sort: (t) => t.duration_us },
  { key: 'at', title: 'When', figure: true, cell: (t) => <time dateTime={t.at} title={moment(t.at)}>{past(t.at)}</time>, sort: (t) => Date.parse(t.at) },
]

function TraceList() {
  const { query } = place.value
  const list = lists.find(([l]) => l === query.get('list'))?.[0] ?? 'recent'
  const [name, setName] = useState(query.get('name') ?? '')
  const [asked, setAsked] = useState(name)
  const [follow, setFollow] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(name.trim()), 300)
    return () => clearTimeout(timer)
  }, [name])
  const text = `limit=100${list === 'slowest' ? '&slowest=true' : list === 'failed' ? '&failed=true' : ''}${asked ? `&name=${encodeURIComponent(asked)}` : ''}`
  const traces = useLoad((signal) => api.get<{ items: TraceRow[] }>(`/admin/traces?${text}`, { signal }), [text])
  useEvery(() => traces.reload(), 5000, follow && !traces.busy)
  useCommands({ refresh: traces.reload, live: () => setFollow(!follow) })
  return (
    <>
      <PageHead title="Traces" tools={<Button size="small" aria-pressed={!follow} onClick={() => setFollow(!follow)}>{follow ? 'Hold' : 'Go on'}</Button>}>
        The way of one request through actors, the database and other servers. Answers carry its id.
      </PageHead>
      <Find />
      <div class="row spaced">
        <Choice label="Which" options={lists} value={list} pick={(l) => replaceHere(new URLSearchParams(l === 'recent' ? {} : { list: l }))} />
        <div class="filter inline">
          <label for="trace-name">Name</label>
          <input id="trace-name" type="search" value={name} placeholder="send_message" onInput={(event) => setName(event.currentTarget.value)} />
        </div>
      </div>
      <Gate of={traces} what="Traces" lines={8}>
        {({ items }) => (
          <Table
            key={list} quiet caption={`${lists.find(([l]) => l === list)![1]} traces`} columns={columns(Math.max(...items.map((t) => t.duration_us), 1))} rows={items} id={(t) => t.trace_id}
            sorted={list === 'slowest' ? '-duration' : '-at'} open={(t) => go('traces', t.trace_id)} empty={list === 'failed' ? 'None has failed of late.' : asked ? 'None of that name is remembered.' : 'None is remembered yet.'}
          />
        )}
      </Gate>
    </>
  )
}

/** The list of traces, or one of them. */
export function TracesPage() {
  const id = place.value.path[1]
  if (!id) return <TraceList />
  return (
    <>
      <p class="back"><a href="#/traces"><Icon name="chevron" size={14} />All traces</a></p>
      <TracePage key={id} id={id} />
    </>
  )
}
