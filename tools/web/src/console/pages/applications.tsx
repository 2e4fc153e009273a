import { useState } from 'preact/hooks'
import { moment, words } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { age, past, short } from '../core/figures'
import { maskText } from '../core/mask'
import { useCommands } from '../keyboard'
import { api, to } from '../state'
import type { ActorPage, ActorRow } from '../types'
import { ActorLink, Choice, Gate, PageHead, Panel, StateBadge, TraceLink, doing } from '../ui/parts'

/** As the server lists it; members may be missing in some versions. */
interface Row {
  id: string
  user_id?: string
  company?: string
  job_title?: string
  status?: string
  state?: string
  phase?: string
  stuck?: boolean
  detail?: string | null
  reason?: string | null
  attempts?: number
  updated_at?: string
  since?: string
  trace_id?: string | null
}

type Which = 'stuck' | 'unknown' | 'needs_input' | 'failed' | 'submitting' | 'all'
const choices: [Which, string][] = [['stuck', 'Stuck'], ['unknown', 'Unknown'], ['needs_input', 'Needs input'], ['failed', 'Failed'], ['submitting', 'Being sent'], ['all', 'All']]
const meaning: Record<Which, string> = {
  stuck: 'Nothing has happened for longer than it should take.',
  unknown: 'It may or may not have reached the company: never sent again without a person.',
  needs_input: 'The form asks what only the applicant knows.',
  failed: 'It was certainly not sent.',
  submitting: 'On its way right now.',
  all: 'The latest of all.',
}
const tones: Record<string, 'good' | 'warn' | 'bad' | 'accent' | 'neutral'> = { submitted: 'good', interviewing: 'good', offered: 'good', unknown: 'bad', failed: 'bad', needs_input: 'warn', submitting: 'accent', queued: 'accent' }

const columns: Column<Row>[] = [
  { key: 'id', title: 'Application', cell: (a) => <ActorLink path={`/applications/${a.id}`} most={30} />, sort: (a) => a.id },
  { key: 'company', title: 'Company', cell: (a) => a.company ?? '–', sort: (a) => a.company ?? '' },
  { key: 'title', title: 'Post', cell: (a) => a.job_title ?? '–', sort: (a) => a.job_title ?? '' },
  { key: 'status', title: 'Status', cell: (a) => { const s = a.status ?? a.state ?? 'unknown'; return <><Badge tone={tones[s] ?? 'neutral'}>{words(s)}</Badge>{a.stuck && <Badge tone="bad">stuck</Badge>}</> }, sort: (a) => a.status ?? a.state ?? '' },
  { key: 'why', title: 'Why', cell: (a) => maskText(a.detail ?? a.reason ?? a.phase ?? '') || <span class="muted">–</span> },
  { key: 'since', title: 'Since', figure: true, cell: (a) => { const at = a.since ?? a.updated_at; return at ? <time dateTime={at} title={moment(at)}>{age(at)}</time> : '–' }, sort: (a) => Date.parse(a.since ?? a.updated_at ?? '') || 0 },
  { key: 'trace', title: 'Trace', cell: (a) => (a.trace_id ? <TraceLink id={a.trace_id} /> : '–') },
]

function List({ which }: { which: Which }) {
  const query = which === 'stuck' ? 'stuck=true' : which === 'all' ? '' : `state=${which}`
  const list = useLoad((signal) => api.get<{ items: Row[]; next: string | null }>(`/admin/applications?limit=100${query ? `&${query}` : ''}`, { signal }), [which])
  useEvery(() => list.reload(), 10_000, list.value !== undefined && !list.busy)
  useCommands({ refresh: list.reload })
  return (
    <Gate of={list} what="The list of applications">
      {({ items, next }) => (
        <>
          <Table quiet caption={`Applications: ${choices.find(([c]) => c === which)![1]}`} columns={columns} rows={items} id={(a) => a.id} sorted="since" empty={which === 'stuck' ? 'None is stuck.' : 'None.'} />
          {next && <p class="muted small">These are the first {short(items.length)}.</p>}
        </>
      )}
    </Gate>
  )
}

const live_columns: Column<ActorRow>[] = [
  { key: 'path', title: 'Application', cell: (r) => <ActorLink path={r.path} />, sort: (r) => r.path },
  { key: 'state', title: 'State', cell: (r) => <><StateBadge state={r.state} /> <span class="muted">{maskText(doing(r))}</span></> },
  { key: 'mailbox', title: 'Mailbox', figure: true, cell: (r) => short(r.mailbox), sort: (r) => r.mailbox },
  { key: 'failures', title: 'Failures', figure: true, cell: (r) => short(r.failures), sort: (r) => r.failures },
  { key: 'last', title: 'Last message', cell: (r) => (r.last_message ? `${r.last_message.type}, ${past(r.last_message.at)}` : '–') },
]

/** Applications in memory: each that is being sent is an actor. */
function Living() {
  const list = useLoad((signal) => api.get<ActorPage>('/admin/actors?path=%2Fapplications&sort=running&order=desc&limit=50', { signal }))
  return (
    <Panel title="In memory now" note={list.value ? `${short(list.value.total)} actors` : undefined} tools={<><a href={to(['actors'], { path: '/applications' })}>in the table</a><Button size="small" look="plain" icon="refresh" aria-label="Ask again which are in memory" onClick={list.reload} /></>}>
      <Gate of={list} what="Actors">{({ items }) => <Table quiet caption="Applications in memory" columns={live_columns} rows={items} id={(r) => r.path} empty="None is being worked on." />}</Gate>
    </Panel>
  )
}

/** What has become of what people send, above all what needs a person. */
export function ApplicationsPage() {
  const [which, setWhich] = useState<Which>('stuck')
  return (
    <>
      <PageHead title="Applications">Sent at most once each. What cannot go on by itself stands here.</PageHead>
      <Panel title={choices.find(([c]) => c === which)![1]} note={meaning[which]} tools={<Choice label="Which applications" options={choices} value={which} pick={setWhich} />}>
        <List key={which} which={which} />
      </Panel>
      <Living />
    </>
  )
}
