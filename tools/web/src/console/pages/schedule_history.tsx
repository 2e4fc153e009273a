import { useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { Dialog } from '../../shared/ui/dialog'
import { Table, type Column } from '../../shared/ui/table'
import { complain } from '../../shared/ui/toast'
import { maskText } from '../core/mask'
import { took } from '../core/schedules'
import { api } from '../state'
import type { ScheduleRun } from '../types'
import { Gate } from '../ui/parts'

interface Page {
  items: ScheduleRun[]
  next: string | null
}

const tones = { running: 'accent', done: 'good', failed: 'bad', abandoned: 'bad' } as const
export const outcomeBadge = (outcome: ScheduleRun['outcome']) => <Badge tone={tones[outcome] ?? 'neutral'}>{outcome}</Badge>

const columns: Column<ScheduleRun>[] = [
  { key: 'started', title: 'Began', cell: (r) => <time dateTime={r.started_at}>{moment(r.started_at)}</time>, sort: (r) => -Date.parse(r.started_at) },
  { key: 'outcome', title: 'Outcome', cell: (r) => outcomeBadge(r.outcome), sort: (r) => r.outcome },
  { key: 'took', title: 'Took', figure: true, cell: (r) => took(r) || '–', sort: (r) => (r.ended_at ? Date.parse(r.ended_at) - Date.parse(r.started_at) : Infinity) },
  { key: 'by', title: 'By', cell: (r) => (r.by === 'schedule' ? 'the clock' : <code title={r.by}>{r.by.slice(-8)}</code>) },
  { key: 'detail', title: 'What came of it', cell: (r) => maskText(r.detail ?? '') || <span class="muted">–</span> },
]

/** The runs of one schedule, the latest first; how many are remembered is the server's setting. */
export function History({ name, close }: { name: string; close: () => void }) {
  const path = `/admin/schedules/${encodeURIComponent(name)}/runs?limit=20`
  const list = useLoad((signal) => api.get<Page>(path, { signal }), [name])
  const [older, setOlder] = useState<Page | null>(null)
  useEvery(list.refresh, 2000, list.value?.items.some((r) => r.outcome === 'running') ?? false)
  const next = older ? older.next : list.value?.next
  const further = () => api.get<Page>(`${path}&cursor=${encodeURIComponent(next ?? '')}`).then((page) => setOlder({ items: [...(older?.items ?? []), ...page.items], next: page.next }), complain)
  return (
    <Dialog title={`Runs of ${name}`} close={close} wide>
      <Gate of={list} what="The history">
        {({ items }) => <Table quiet caption={`Runs of ${name}`} columns={columns} rows={[...items, ...(older?.items ?? [])]} id={(r) => r.id} empty="It has not run yet." />}
      </Gate>
      <footer>
        {next && <Button onClick={() => void further()}>Earlier runs</Button>}
        <Button onClick={close}>Close</Button>
      </footer>
    </Dialog>
  )
}
