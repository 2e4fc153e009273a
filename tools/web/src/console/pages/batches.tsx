import { useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { Badge } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { past, short } from '../core/figures'
import { took } from '../core/schedules'
import { api } from '../state'
import type { BatchRow } from '../types'
import { ActorLink, Choice, Gate, Panel } from '../ui/parts'

type Which = 'all' | BatchRow['state']
const choices: [Which, string][] = [['all', 'All'], ['running', 'Running'], ['done', 'Done'], ['failed', 'Failed']]
const tones = { queued: 'warn', running: 'accent', done: 'good', failed: 'bad' } as const

const under_way = (b: BatchRow) => b.state === 'running' || b.state === 'queued'

const columns: Column<BatchRow>[] = [
  { key: 'id', title: 'Batch', cell: (b) => (under_way(b) ? <ActorLink path={`/batches/${b.id}`} most={30} /> : <code title={b.id}>{b.id.slice(-8)}</code>), sort: (b) => b.id },
  { key: 'user', title: 'For', cell: (b) => <ActorLink path={`/users/${b.user_id}`} most={30} /> },
  { key: 'state', title: 'State', cell: (b) => <Badge tone={tones[b.state] ?? 'neutral'}>{b.state}</Badge>, sort: (b) => b.state },
  {
    key: 'progress', title: 'Progress', sort: (b) => (b.total ? b.done / b.total : 0),
    cell: (b) => <div class="batch-progress"><Progress of={b} /><span>{b.total ? `${short(b.done)} of ${short(b.total)}` : 'not known yet'}</span></div>,
  },
  { key: 'failed', title: 'Given up', figure: true, cell: (b) => <span class={b.failed ? 'hot' : 'nil'}>{short(b.failed)}</span>, sort: (b) => b.failed },
  { key: 'took', title: 'Took', figure: true, cell: (b) => took({ started_at: b.started_at, ended_at: b.ended_at }) || '–' },
  { key: 'started', title: 'Began', figure: true, cell: (b) => (b.started_at ? <time dateTime={b.started_at} title={moment(b.started_at)}>{past(b.started_at)}</time> : 'not yet'), sort: (b) => (b.started_at ? Date.parse(b.started_at) : Infinity) },
]

function Progress({ of }: { of: BatchRow }) {
  const percent = of.total ? Math.round((of.done / of.total) * 100) : 0
  return (
    <div class="track" role="progressbar" aria-label={`Postings judged in batch ${of.id.slice(-8)}`} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <div style={{ width: `${percent}%` }} />
    </div>
  )
}

/** Scoring runs of everybody, the newest first, as far as they are at this moment. */
export function Batches() {
  const [which, setWhich] = useState<Which>('all')
  const list = useLoad((signal) => api.get<{ items: BatchRow[]; next: string | null }>(`/admin/batches?limit=50${which === 'all' ? '' : `&state=${which}`}`, { signal }), [which])
  useEvery(list.refresh, list.value?.items.some(under_way) ? 1000 : 4000, list.value !== undefined)
  return (
    <Panel title="Batches" note={list.value?.next ? 'the newest 50' : undefined} tools={<Choice label="Which batches" options={choices} value={which} pick={setWhich} />}>
      <Gate of={list} what="Batches">
        {({ items }) => <Table quiet caption="Scoring runs" columns={columns} rows={items} id={(b) => b.id} empty={which === 'all' ? 'Nobody has had postings scored yet.' : 'None.'} />}
      </Gate>
    </Panel>
  )
}
