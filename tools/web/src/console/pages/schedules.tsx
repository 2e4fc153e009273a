import { useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { confirmed } from '../../shared/ui/dialog'
import { Table, type Column } from '../../shared/ui/table'
import { complain, say } from '../../shared/ui/toast'
import { duration, past, short } from '../core/figures'
import { maskText } from '../core/mask'
import { due, rhythm, took } from '../core/schedules'
import { useCommands } from '../keyboard'
import { api, to } from '../state'
import type { ActorPage, ActorRow, Schedule, ScheduleRun } from '../types'
import { ActorLink, Gate, PageHead, Panel, StateBadge, doing } from '../ui/parts'
import { Batches } from './batches'
import { History, outcomeBadge } from './schedule_history'

type Action = 'run' | 'pause' | 'resume'
const verbs: Record<Action, string> = { run: 'Run', pause: 'Pause', resume: 'Resume' }
const consequences: Record<Action, string> = {
  run: 'It runs once now, beside its usual times.',
  pause: 'It does not run at its times until it is resumed. A run under way goes on.',
  resume: 'It runs at its usual times again. What was due meanwhile is not made up for.',
}

function state(s: Schedule) {
  if (s.running_since) return <Badge tone="accent">running</Badge>
  if (s.paused) return <Badge tone="warn">paused</Badge>
  return s.cron || s.every_s ? <Badge tone="good">on</Badge> : <Badge tone="neutral">by hand</Badge>
}

function Last({ run }: { run: ScheduleRun | null }) {
  if (!run) return <span class="muted">never</span>
  const detail = maskText(run.detail ?? '')
  return (
    <div class="last-run">
      <span>{outcomeBadge(run.outcome)} <time dateTime={run.started_at} title={moment(run.started_at)}>{past(run.started_at)}</time>{took(run) && <span class="muted">, {took(run)}</span>}</span>
      {detail && <span class="muted">{detail}</span>}
    </div>
  )
}

const next = (s: Schedule) => (s.next_run_at ? <time dateTime={s.next_run_at} title={moment(s.next_run_at)}>{due(s.next_run_at)}</time> : '–')

function Schedules({ open, opened }: { open: (name: string) => void; opened: string | null }) {
  const list = useLoad((signal) => api.get<{ items: Schedule[] }>('/admin/schedules', { signal }))
  const under_way = list.value?.items.some((s) => s.running_since) ?? false
  useEvery(list.refresh, under_way ? 1000 : 5000, list.value !== undefined)
  useCommands({ refresh: list.reload })
  const act = async (s: Schedule, action: Action) => {
    if (!(await confirmed(`${verbs[action]} ${s.name}?`, <p>{consequences[action]}</p>, `${verbs[action]} it`))) return
    try {
      await api.post(`/admin/schedules/${encodeURIComponent(s.name)}/${action}`)
      say(`${s.name}: ${{ run: 'it runs', pause: 'paused', resume: 'resumed' }[action]}.`)
    } catch (error) {
      complain(error)
    }
    list.reload()
  }
  const columns: Column<Schedule>[] = [
    { key: 'name', title: 'Schedule', cell: (s) => <span title={s.title}><code>{s.name}</code></span>, sort: (s) => s.name },
    { key: 'title', title: 'What', cell: (s) => s.title },
    { key: 'rhythm', title: 'When', cell: (s) => <code class="rhythm" title={`Clocks of ${s.time_zone}`}>{rhythm(s)}</code> },
    { key: 'state', title: 'State', cell: state, sort: (s) => Number(s.paused) },
    { key: 'next', title: 'Next', figure: true, cell: next, sort: (s) => (s.next_run_at ? Date.parse(s.next_run_at) : Infinity) },
    { key: 'last', title: 'Last', cell: (s) => <Last run={s.last_run} />, sort: (s) => (s.last_run ? Date.parse(s.last_run.started_at) : 0) },
    { key: 'runs', title: 'Runs', figure: true, cell: (s) => short(s.runs), sort: (s) => s.runs },
    { key: 'failures', title: 'Failed', figure: true, cell: (s) => <span class={s.failures ? 'hot' : 'nil'}>{short(s.failures)}</span>, sort: (s) => s.failures },
    {
      key: 'do', title: 'Actions',
      cell: (s) => (
        <span class="row together" onClick={(event) => event.stopPropagation()}>
          <Button size="small" aria-label={`Run ${s.name}`} disabled={s.running_since !== null} onClick={() => void act(s, 'run')}>Run</Button>
          <Button size="small" look="plain" aria-label={`${s.paused ? 'Resume' : 'Pause'} ${s.name}`} onClick={() => void act(s, s.paused ? 'resume' : 'pause')}>{s.paused ? 'Resume' : 'Pause'}</Button>
        </span>
      ),
    },
  ]
  return (
    <Gate of={list} what="Schedules">
      {({ items }) => <Table quiet caption="What runs by the clock" columns={columns} rows={items} id={(s) => s.name} open={(s) => open(s.name)} selected={opened ?? ''} empty="Nothing is scheduled." />}
    </Gate>
  )
}

const workflow_columns: Column<ActorRow>[] = [
  { key: 'path', title: 'Which', cell: (r) => <ActorLink path={r.path} />, sort: (r) => r.path },
  { key: 'state', title: 'State', cell: (r) => <><StateBadge state={r.state} /> <span class="muted">{maskText(doing(r))}</span></> },
  { key: 'messages', title: 'Steps', figure: true, cell: (r) => short(r.messages), sort: (r) => r.messages },
  { key: 'failures', title: 'Failed', figure: true, cell: (r) => short(r.failures), sort: (r) => r.failures },
  { key: 'busy', title: 'In handlers', figure: true, cell: (r) => duration(r.busy_us), sort: (r) => r.busy_us },
  { key: 'born', title: 'Since', figure: true, cell: (r) => past(r.born_at), sort: (r) => -Date.parse(r.born_at) },
]

/** Kits under way: each workflow is an actor. */
function Workflows() {
  const list = useLoad((signal) => api.get<ActorPage>('/admin/actors?path=%2Fworkflows&sort=born&order=desc&limit=100', { signal }))
  useEvery(list.refresh, 3000, list.value !== undefined)
  const total = list.value?.total ?? 0
  return (
    <Panel title="Workflows" note={total > 100 ? `the newest 100 of ${short(total)}` : undefined} tools={<a href={to(['actors'], { path: '/workflows' })}>in the table</a>}>
      <Gate of={list} what="Workflows">
        {({ items }) => <Table quiet caption="Workflows under way" columns={workflow_columns} rows={items.filter((r) => r.path !== '/workflows')} id={(r) => r.path} empty="No workflow is under way." />}
      </Gate>
    </Panel>
  )
}

/** What runs by the clock, and the long work that is under way. */
export function SchedulesPage() {
  const [opened, setOpened] = useState<string | null>(null)
  return (
    <>
      <PageHead title="Schedules and batches">What runs by the clock, and long work under way.</PageHead>
      <Panel title="Schedules" note="A row opens its history."><Schedules open={setOpened} opened={opened} /></Panel>
      {opened && <History key={opened} name={opened} close={() => setOpened(null)} />}
      <Batches />
      <Workflows />
    </>
  )
}
