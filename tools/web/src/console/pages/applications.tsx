import { useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { place } from '../../shared/router'
import { Button } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { complain } from '../../shared/ui/toast'
import { age, past, short, shortId } from '../core/figures'
import { maskText } from '../core/mask'
import { countOf, nextLook, whichOf, why, wire, type Counts, type Watched, type WatchedPage, type Which } from '../core/watched'
import { useCommands } from '../keyboard'
import { api, replaceHere, to } from '../state'
import type { ActorPage, ActorRow } from '../types'
import { ActorLink, Choice, Gate, PageHead, Panel, StateBadge, Tile, Tiles, doing } from '../ui/parts'
import { Standing, Timeline } from './application'

const choices: [Which, string][] = [['stuck', 'Stuck'], ['unknown', 'Unknown'], ['needs_input', 'Needs input'], ['failed', 'Failed'], ['approved', 'Approved'], ['queued', 'Queued'], ['submitting', 'Being sent'], ['submitted', 'Sent'], ['all', 'All']]
const meanings: Partial<Record<Which, string>> = {
  stuck: 'Cannot go on by itself; the one that has stood longest first.',
  unknown: 'May or may not have reached the company: never sent again without a person.',
  needs_input: 'The form asks what only the applicant knows.',
  failed: 'Certainly not sent.',
  approved: 'May be sent, and waits for its place in the queue.',
  queued: 'Waits for its turn.',
  submitting: 'On its way right now.',
  submitted: 'Has reached the company.',
  all: 'The latest change first.',
}

const columns: Column<Watched>[] = [
  { key: 'company', title: 'Company', cell: (a) => a.company },
  { key: 'title', title: 'Post', cell: (a) => a.title },
  { key: 'state', title: 'State', cell: (a) => <Standing of={a} /> },
  { key: 'why', title: 'Why', cell: (a) => why(a) || <span class="muted">–</span> },
  { key: 'since', title: 'Since', figure: true, cell: (a) => <time dateTime={a.since} title={moment(a.since)}>{age(a.since)}</time> },
  { key: 'next', title: 'Next look', figure: true, cell: (a) => (a.next_check_at ? <time dateTime={a.next_check_at} title={moment(a.next_check_at)}>{nextLook(a.next_check_at, Date.now())}</time> : '–') },
  { key: 'attempts', title: 'Attempts', figure: true, cell: (a) => short(a.attempts) },
  { key: 'person', title: 'Person', cell: (a) => <code title={a.user_id}>{shortId(a.user_id)}</code> },
]

/** How many there are; what a person has to look at is marked. */
function Figures({ counts }: { counts: Counts }) {
  const mark = (n: number, tone: 'bad' | 'warn') => (n > 0 ? tone : undefined)
  return (
    <Tiles>
      <Tile name="Stuck" value={short(counts.stuck)} tone={mark(counts.stuck, 'bad')} />
      <Tile name="Unknown" value={short(counts.unknown)} tone={mark(counts.unknown, 'bad')} />
      <Tile name="Needs input" value={short(counts.needs_input)} tone={mark(counts.needs_input, 'warn')} />
      <Tile name="Failed" value={short(counts.failed)} />
      <Tile name="On the way" value={short(counts.approved + counts.queued + counts.submitting)} sub={`${short(counts.submitting)} being sent`} />
      <Tile name="Sent" value={short(counts.submitted + counts.interviewing + counts.offered + counts.rejected)} sub={`of ${short(countOf(counts, 'all'))}`} />
    </Tiles>
  )
}

function List({ which, pick }: { which: Which; pick: (which: Which) => void }) {
  const [more, setMore] = useState<WatchedPage | null>(null)
  const [shown, setShown] = useState<Watched | null>(null)
  const list = useLoad((signal) => api.get<WatchedPage>(`/admin/applications?${wire(which)}`, { signal }), [which])
  const reload = () => {
    setMore(null)
    list.reload()
  }
  // Further pages stay as they are until somebody asks again.
  useEvery(list.refresh, 10_000, list.value !== undefined && !list.busy && !more)
  useCommands({ refresh: reload })
  const next = more ? more.next : list.value?.next
  const further = () => api.get<WatchedPage>(`/admin/applications?${wire(which, next)}`).then((page) => setMore({ ...page, items: [...(more?.items ?? []), ...page.items] }), complain)
  const named = (w: Which, text: string): [Which, string] => [w, list.value && countOf(list.value.counts, w) > 0 ? `${text} ${short(countOf(list.value.counts, w))}` : text]
  return (
    <>
      {list.value && <Panel title="How many" tools={<Button size="small" look="plain" icon="refresh" aria-label="Ask again" onClick={reload} />}><Figures counts={list.value.counts} /></Panel>}
      <div class="row spaced"><Choice label="Which applications" options={choices.map(([w, text]) => named(w, text))} value={which} pick={pick} /></div>
      <Panel title={choices.find(([c]) => c === which)?.[1] ?? which} note={meanings[which]}>
        <Gate of={list} what="The list of applications">
          {({ items }) => (
            <>
              <Table quiet caption={`Applications: ${choices.find(([c]) => c === which)?.[1] ?? which}`} columns={columns} rows={[...items, ...(more?.items ?? [])]} id={(a) => a.id} open={setShown} empty={which === 'stuck' ? 'None is stuck.' : 'None.'} />
              {next && <p class="row spaced"><Button onClick={() => void further()}>Show more</Button></p>}
            </>
          )}
        </Gate>
      </Panel>
      {shown && <Timeline of={shown} close={() => setShown(null)} />}
    </>
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
  const which = whichOf(place.value.query.get('which'))
  return (
    <>
      <PageHead title="Applications">Sent at most once each. What cannot go on by itself stands here.</PageHead>
      <List key={which} which={which} pick={(w) => replaceHere(new URLSearchParams(w === 'stuck' ? {} : { which: w }))} />
      <Living />
    </>
  )
}
