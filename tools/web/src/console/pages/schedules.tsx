import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { confirmed } from '../../shared/ui/dialog'
import { Table, type Column } from '../../shared/ui/table'
import { complain, say } from '../../shared/ui/toast'
import { duration, durationS, past, short } from '../core/figures'
import { maskText } from '../core/mask'
import { useCommands } from '../keyboard'
import { api, to } from '../state'
import type { ActorPage, ActorRow, Schedule } from '../types'
import { ActorLink, Gate, PageHead, Panel, StateBadge, doing } from '../ui/parts'

const rhythm = (s: Schedule) => s.cron ?? (s.every_s ? `every ${durationS(s.every_s)}` : '–')

/** In how long something is due, or since when. */
function due(at: string | null, now = Date.now()): string {
  if (!at) return '–'
  const ms = Date.parse(at) - now
  return ms <= 0 ? 'due' : `in ${durationS(Math.ceil(ms / 1000))}`
}

function Schedules() {
  const list = useLoad((signal) => api.get<{ items: Schedule[] }>('/admin/schedules', { signal }))
  useEvery(() => list.reload(), 5000, list.value !== undefined && !list.busy)
  useCommands({ refresh: list.reload })
  const act = async (s: Schedule, action: 'run' | 'pause' | 'resume') => {
    const text = { run: 'It runs once now, beside its usual times.', pause: 'It does not run until it is resumed.', resume: 'It runs at its usual times again.' }[action]
    if (!(await confirmed(`${action === 'run' ? 'Run' : action === 'pause' ? 'Pause' : 'Resume'} ${s.name}?`, <p>{text}</p>, action === 'run' ? 'Run it' : action === 'pause' ? 'Pause it' : 'Resume it'))) return
    try {
      await api.post(`/admin/schedules/${encodeURIComponent(s.name)}/${action}`, {})
      say(`${s.name}: ${{ run: 'it runs', pause: 'paused', resume: 'resumed' }[action]}.`)
    } catch (error) {
      complain(error)
    }
    list.reload()
  }
  const columns: Column<Schedule>[] = [
    { key: 'name', title: 'Schedule', cell: (s) => <code>{s.name}</code>, sort: (s) => s.name },
    { key: 'rhythm', title: 'When', cell: (s) => <code>{rhythm(s)}</code> },
    { key: 'state', title: 'State', cell: (s) => (s.paused ? <Badge tone="warn">paused</Badge> : <Badge tone="good">on</Badge>), sort: (s) => Number(s.paused) },
    { key: 'next', title: 'Next', figure: true, cell: (s) => <span title={s.next_run ? moment(s.next_run) : ''}>{s.paused ? '–' : due(s.next_run)}</span>, sort: (s) => (s.next_run ? Date.parse(s.next_run) : Infinity) },
    { key: 'last', title: 'Last', figure: true, cell: (s) => <span title={s.last_run ? moment(s.last_run) : ''}>{s.last_run ? past(s.last_run) : 'never'}</span>, sort: (s) => (s.last_run ? Date.parse(s.last_run) : 0) },
    { key: 'outcome', title: 'Outcome', cell: (s) => (s.last_outcome ? maskText(s.last_outcome) : '–') },
    {
      key: 'do', title: 'Actions',
      cell: (s) => (
        <span class="row">
          <Button size="small" aria-label={`Run ${s.name}`} onClick={() => void act(s, 'run')}>Run</Button>
          <Button size="small" look="plain" aria-label={`${s.paused ? 'Resume' : 'Pause'} ${s.name}`} onClick={() => void act(s, s.paused ? 'resume' : 'pause')}>{s.paused ? 'Resume' : 'Pause'}</Button>
        </span>
      ),
    },
  ]
  return <Gate of={list} what="Schedules">{({ items }) => <Table quiet caption="What runs by the clock" columns={columns} rows={items} id={(s) => s.name} empty="Nothing is scheduled." />}</Gate>
}

const batch_columns: Column<ActorRow>[] = [
  { key: 'path', title: 'Which', cell: (r) => <ActorLink path={r.path} />, sort: (r) => r.path },
  { key: 'state', title: 'State', cell: (r) => <><StateBadge state={r.state} /> <span class="muted">{maskText(doing(r))}</span></> },
  { key: 'messages', title: 'Steps', figure: true, cell: (r) => short(r.messages), sort: (r) => r.messages },
  { key: 'failures', title: 'Failed', figure: true, cell: (r) => short(r.failures), sort: (r) => r.failures },
  { key: 'busy', title: 'In handlers', figure: true, cell: (r) => duration(r.busy_us), sort: (r) => r.busy_us },
  { key: 'born', title: 'Since', figure: true, cell: (r) => past(r.born_at), sort: (r) => -Date.parse(r.born_at) },
]

/** Long work under way: each batch and each workflow is an actor. */
function Batches({ title, path, empty }: { title: string; path: string; empty: string }) {
  const list = useLoad((signal) => api.get<ActorPage>(`/admin/actors?path=${encodeURIComponent(path)}&sort=born&order=desc&limit=100`, { signal }))
  useEvery(() => list.reload(), 3000, list.value !== undefined && !list.busy)
  return (
    <Panel title={title} note={list.value && list.value.total > 100 ? `the newest 100 of ${short(list.value.total)}` : undefined} tools={<a href={to(['actors'], { path })}>in the table</a>}>
      <Gate of={list} what={title}>{({ items }) => <Table quiet caption={`${title} under way`} columns={batch_columns} rows={items.filter((r) => r.path !== path)} id={(r) => r.path} empty={empty} />}</Gate>
    </Panel>
  )
}

/** What runs by the clock, and the long work that is under way. */
export function SchedulesPage() {
  return (
    <>
      <PageHead title="Schedules and batches">What runs by the clock, and long work under way.</PageHead>
      <Panel title="Schedules"><Schedules /></Panel>
      <Batches title="Batches" path="/batches" empty="No batch is under way." />
      <Batches title="Workflows" path="/workflows" empty="No workflow is under way." />
    </>
  )
}
