import { useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { place } from '../../shared/router'
import { Button, Skeleton } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { durationMs, percent, short, usdOfNano } from '../core/figures'
import { bucketName, fillBuckets, rangeOf, ranges, shareName, type Range } from '../core/usage'
import { useCommands } from '../keyboard'
import { api, replaceHere } from '../state'
import type { Metrics, MetricsRow } from '../types'
import { Columns } from '../ui/chart'
import { Choice, Gate, PageHead, Panel, Share, Tile, Tiles } from '../ui/parts'
import { BudgetPanel } from './budgets'
import { Calls } from './calls'

type Group = 'operation' | 'model' | 'user' | 'company'
const groups: [Group, string][] = [['operation', 'Operation'], ['model', 'Model'], ['user', 'User'], ['company', 'Company']]

const columnsOf = (group: Group, top: number, total: number): Column<MetricsRow>[] => [
  { key: 'name', title: groups.find(([g]) => g === group)![1], cell: (r) => <code>{shareName(r, group)}</code>, sort: (r) => shareName(r, group) },
  { key: 'cost', title: 'Cost', figure: true, cell: (r) => <span class="shared"><Share value={r.cost_nano_usd} of={top} /><b>{usdOfNano(r.cost_nano_usd)}</b> <span class="muted">{percent(r.cost_nano_usd, total)}</span></span>, sort: (r) => r.cost_nano_usd },
  { key: 'calls', title: 'Calls', figure: true, cell: (r) => short(r.calls), sort: (r) => r.calls },
  { key: 'errors', title: 'Failed', figure: true, cell: (r) => <span class={r.errors ? 'hot' : 'nil'}>{short(r.errors)}</span>, sort: (r) => r.errors },
  { key: 'hits', title: 'From cache', figure: true, cell: (r) => short(r.cache_hits), sort: (r) => r.cache_hits },
  { key: 'in', title: 'Tokens in', figure: true, cell: (r) => short(r.tokens_in), sort: (r) => r.tokens_in },
  { key: 'cached', title: 'of them cached', figure: true, cell: (r) => `${short(r.tokens_cached)} (${percent(r.tokens_cached, r.tokens_in)})`, sort: (r) => r.tokens_cached },
  { key: 'out', title: 'Tokens out', figure: true, cell: (r) => short(r.tokens_out), sort: (r) => r.tokens_out },
  { key: 'latency', title: 'Mean time', figure: true, cell: (r) => durationMs(r.latency_ms_mean), sort: (r) => r.latency_ms_mean },
  { key: 'first', title: 'First token', figure: true, cell: (r) => (r.first_token_ms_mean ? durationMs(r.first_token_ms_mean) : '–'), sort: (r) => r.first_token_ms_mean },
]

function Usage({ range, group, turn }: { range: Range; group: Group; turn: number }) {
  const { from, to } = rangeOf(range)
  const span = `from=${from}&to=${to}`
  const rows = useLoad((signal) => api.get<Metrics>(`/admin/llm/metrics?${span}&group_by=${group}`, { signal }), [range, group, turn])
  const step = ranges[range].step
  const time = useLoad((signal) => api.get<Metrics>(`/admin/llm/metrics?${span}&group_by=${step}`, { signal }), [range, turn])
  const buckets = time.value ? fillBuckets(time.value.items, time.value.from, time.value.to, step) : []
  return (
    <Gate of={rows} what="Model calls" lines={8}>
      {({ items, totals }) => (
        <>
          <Panel title="Usage" note={ranges[range].words}>
            <Tiles>
              <Tile name="Cost" value={usdOfNano(totals.cost_nano_usd)} sub={totals.calls ? `${usdOfNano(totals.cost_nano_usd / totals.calls)} a call` : ''} />
              <Tile name="Calls" value={short(totals.calls)} sub={`${short(totals.cache_hits)} more from the cache`} />
              <Tile name="Failed" value={short(totals.errors)} sub={percent(totals.errors, totals.calls)} tone={totals.calls > 0 && totals.errors > 0.05 * totals.calls ? 'warn' : undefined} />
              <Tile name="Tokens in" value={short(totals.tokens_in)} sub={`${percent(totals.tokens_cached, totals.tokens_in)} cached`} />
              <Tile name="Tokens out" value={short(totals.tokens_out)} />
              <Tile name="Mean time" value={durationMs(totals.latency_ms_mean)} sub={totals.first_token_ms_mean ? `first token after ${durationMs(totals.first_token_ms_mean)}` : ''} />
            </Tiles>
            {time.value ? <Columns label={`Cost per ${step}: ${buckets.filter((b) => b.cost_nano_usd > 0).map((b) => `${bucketName(b.at, step)} ${usdOfNano(b.cost_nano_usd)}`).join(', ') || 'nothing'}`} items={buckets.map((b) => ({ name: bucketName(b.at, step), value: b.cost_nano_usd, title: `${moment(b.at)}: ${usdOfNano(b.cost_nano_usd)}, ${short(b.calls)} calls` }))} /> : <Skeleton lines={2} />}
            <p class="muted small">Cost per {step}.</p>
          </Panel>
          <Table key={group} quiet caption={`Usage by ${group}`} columns={columnsOf(group, Math.max(...items.map((i) => i.cost_nano_usd), 1), totals.cost_nano_usd)} rows={items} id={(r) => shareName(r, group)} sorted="-cost" empty="No model was called in that time." />
        </>
      )}
    </Gate>
  )
}

/** What language models are asked, what it costs, and how much it may cost. */
export function ModelsPage() {
  const { query } = place.value
  const [turn, setTurn] = useState(0)
  useCommands({ refresh: () => setTurn(turn + 1) })
  const range = (Object.keys(ranges) as Range[]).find((r) => r === query.get('range')) ?? '24h'
  const group = groups.find(([g]) => g === query.get('by'))?.[0] ?? 'operation'
  const set = (key: string, value: string, usual: string) => {
    const next = new URLSearchParams(query)
    if (value === usual) next.delete(key)
    else next.set(key, value)
    replaceHere(next)
  }
  return (
    <>
      <PageHead title="Model calls" tools={<Button size="small" icon="refresh" onClick={() => setTurn(turn + 1)}>Ask again</Button>}>
        Language models: calls, tokens, cost in US dollars.
      </PageHead>
      <div class="row spaced">
        <Choice label="Time" options={(Object.keys(ranges) as Range[]).map((r) => [r, ranges[r].title])} value={range} pick={(r) => set('range', r, '24h')} />
        <Choice label="By" options={groups} value={group} pick={(g) => set('by', g, 'operation')} />
      </div>
      <Usage range={range} group={group} turn={turn} />
      <BudgetPanel />
      <Calls range={range} turn={turn} />
    </>
  )
}
