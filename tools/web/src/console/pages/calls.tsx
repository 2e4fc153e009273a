import { useEffect, useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { complain } from '../../shared/ui/toast'
import { isId, lists, no_filters, wire, type Call, type CallPage, type Filters, type List } from '../core/calls'
import { durationMs, past, percent, short, shortId, usd } from '../core/figures'
import { maskText } from '../core/mask'
import { rangeOf, type Range } from '../core/usage'
import { api } from '../state'
import { Choice, Gate, Panel, Share, TraceLink } from '../ui/parts'

const titles: Record<List, string> = { newest: 'Newest', slowest: 'Slowest', costliest: 'Costliest', failed: 'Failed' }
const some = 25

const columns = (list: List, items: Call[], only: (user: string) => void): Column<Call>[] => {
  const slowest = Math.max(...items.map((c) => c.latency_ms), 1)
  const dearest = Math.max(...items.map((c) => c.cost_usd), 1e-9)
  return [
    { key: 'at', title: 'When', cell: (c) => <time dateTime={c.at} title={moment(c.at)}>{past(c.at)}</time> },
    { key: 'trace', title: 'Trace', cell: (c) => (c.trace_id ? <TraceLink id={c.trace_id} /> : '–') },
    { key: 'operation', title: 'Operation', cell: (c) => c.operation },
    { key: 'model', title: 'Model', cell: (c) => <code title={c.provider}>{c.model}</code> },
    { key: 'ms', title: 'Took', figure: true, cell: (c) => (list === 'slowest' ? <span class="shared"><Share value={c.latency_ms} of={slowest} /><b>{durationMs(c.latency_ms)}</b></span> : durationMs(c.latency_ms)) },
    { key: 'cost', title: 'Cost', figure: true, cell: (c) => (list === 'costliest' ? <span class="shared"><Share value={c.cost_usd} of={dearest} /><b>{usd(c.cost_usd)}</b></span> : usd(c.cost_usd)) },
    { key: 'outcome', title: 'Outcome', cell: (c) => (c.error ? <><Badge tone="bad">{c.outcome}</Badge> <span class="muted fault">{maskText(c.error)}</span></> : c.outcome === 'ok' ? <span class="muted">answered</span> : <Badge tone="warn">{c.outcome}</Badge>) },
    { key: 'first', title: 'First token', figure: true, cell: (c) => durationMs(c.first_token_ms) },
    { key: 'in', title: 'Tokens in', figure: true, cell: (c) => <span title={`${c.cached} cached`}>{short(c.input)}{c.cached > 0 && <span class="muted"> {percent(c.cached, c.input)} cached</span>}</span> },
    { key: 'out', title: 'Tokens out', figure: true, cell: (c) => short(c.output) },
    { key: 'who', title: 'For', cell: (c) => (c.user_id ? <Button size="small" look="plain" title={c.user_id} aria-label={`Only calls for ${shortId(c.user_id)}`} onClick={() => only(c.user_id!)}><code>{shortId(c.user_id)}</code></Button> : <span class="muted">the system</span>) },
  ]
}

function Filter({ name, label, value, set, wrong }: { name: string; label: string; value: string; set: (value: string) => void; wrong?: string }) {
  return (
    <div class="filter">
      <label for={`call-${name}`}>{label}</label>
      <input id={`call-${name}`} type="search" value={value} autocomplete="off" spellcheck={false} aria-invalid={!!wrong} aria-describedby={wrong ? `call-${name}-wrong` : undefined} onInput={(event) => set(event.currentTarget.value)} />
      {wrong && <p class="field-error" id={`call-${name}-wrong`}>{wrong}</p>}
    </div>
  )
}

/** Single calls of the chosen time: the newest, slowest, costliest, or those that failed. */
export function Calls({ range, turn }: { range: Range; turn: number }) {
  const [list, setList] = useState<List>('slowest')
  const [typed, setTyped] = useState<Filters>(no_filters)
  const [asked, setAsked] = useState<Filters>(no_filters)
  const [more, setMore] = useState<CallPage | null>(null)
  const [span, setSpan] = useState(() => rangeOf(range))
  useEffect(() => {
    const timer = setTimeout(() => setAsked((was) => ({ ...typed, user_id: isId(typed.user_id) ? typed.user_id : was.user_id })), 300)
    return () => clearTimeout(timer)
  }, [typed])
  const calls = useLoad((signal) => {
    const now = rangeOf(range)
    setMore(null)
    setSpan(now)
    return api.get<CallPage>(`/admin/llm/calls?${wire(list, asked, now, some)}`, { signal })
  }, [list, range, turn, JSON.stringify(asked)])
  const next = more ? more.next : calls.value?.next
  const further = () => api.get<CallPage>(`/admin/llm/calls?${wire(list, asked, span, some, next)}`).then((page) => setMore({ ...page, items: [...(more?.items ?? []), ...page.items] }), complain)
  const set = (name: keyof Filters) => (value: string) => setTyped({ ...typed, [name]: value })
  return (
    <Panel title="Single calls" tools={<Choice label="Which calls" options={lists.map((l) => [l, titles[l]])} value={list} pick={setList} />}>
      <form class="filters" role="search" aria-label="Filter the calls" onSubmit={(event) => event.preventDefault()}>
        <Filter name="operation" label="Operation" value={typed.operation} set={set('operation')} />
        <Filter name="model" label="Model" value={typed.model} set={set('model')} />
        <div class="filter">
          <label for="call-provider">Provider</label>
          <select id="call-provider" value={typed.provider} onChange={(event) => set('provider')(event.currentTarget.value)}>
            <option value="">any</option>
            <option value="openai">openai</option>
            <option value="anthropic">anthropic</option>
          </select>
        </div>
        <Filter name="user" label="Person" value={typed.user_id} set={set('user_id')} wrong={isId(typed.user_id) ? undefined : 'A whole id, as it is told by the API.'} />
      </form>
      <Gate of={calls} what="Single calls">
        {({ items }) => {
          const all = [...items, ...(more?.items ?? [])]
          return (
            <>
              <Table key={list} quiet caption={`${titles[list]} calls`} columns={columns(list, all, set('user_id'))} rows={all} id={(c) => c.id} empty={list === 'failed' ? 'None has failed.' : 'No model was called like that in that time.'} />
              {next && <p class="row spaced"><Button onClick={() => void further()}>Show more</Button></p>}
            </>
          )
        }}
      </Gate>
    </Panel>
  )
}
