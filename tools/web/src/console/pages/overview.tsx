import { useLoad } from '../../shared/load'
import { Badge, Problem, Skeleton } from '../../shared/ui/basic'
import { Icon } from '../../shared/ui/icon'
import { age, duration, durationMs, durationS, perSecond, percent, short, usd, usdOfNano } from '../core/figures'
import { maskText } from '../core/mask'
import { isApplication, sentence } from '../core/verdict'
import { useCommands } from '../keyboard'
import { live, useLive, watch } from '../live'
import { api, currentFindings, isMissing, overview_error, sample, samples, to } from '../state'
import type { Alarm, AlarmKind, Metrics, OverviewData, TraceRow } from '../types'
import { Chart } from '../ui/chart'
import { ActorLink, Meter, PageHead, Panel, Share, StateBadge, Tile, Tiles, TraceLink, Unavailable, doing } from '../ui/parts'
import { useEffect } from 'preact/hooks'

/** What needs a look, in words that lead there. */
function Verdict() {
  const found = currentFindings()
  const tone = found.some((f) => f.level === 'critical') ? 'bad' : found.length ? 'warn' : 'good'
  return (
    <section class={`verdict ${tone}`} aria-label="State">
      <Icon name={tone === 'good' ? 'check' : 'alert'} size={22} />
      <div>
        <p class="verdict-line">{sentence(found)}</p>
        {found.length > 0 && (
          <ul>
            {found.slice(0, 8).map((f) => (
              <li key={f.text} class={f.level}>
                <span class="visually-hidden">{f.level}: </span>
                <a href={`${to(f.at)}${f.query ? `?${f.query}` : ''}`}>{maskText(f.text)}</a>
              </li>
            ))}
            {found.length > 8 && <li>and {found.length - 8} more</li>}
          </ul>
        )}
      </div>
    </section>
  )
}

function Doing({ now }: { now: OverviewData }) {
  const list = samples.value
  const at = list.map((s) => s.at)
  const { totals, rates } = live.value
  return (
    <Panel title="What it is doing" note="requests and messages a second">
      <Tiles>
        <Tile name="Requests" value={perSecond(now.http.per_s)} unit="/s" sub={`${short(now.http.running)} under way`} />
        <Tile name="Messages" value={perSecond(totals?.rate)} unit="/s" sub={`${short(now.actors.mailbox)} waiting in mailboxes`} />
        <Tile name="Actors" value={short(now.actors.live)} sub={<>{short(now.actors.running)} running, {short(now.actors.births)} born</>} />
        <Tile name="Connections to SQL" value={short(now.sql.connections_up)} unit={now.sql.connections === null ? '' : `of ${short(now.sql.connections)}`} sub={`${short(now.sql.statements)} statements, ${short(now.sql.waiting)} waiting`} tone={now.sql.connections_up === null || (now.sql.connections_up === 0 && now.sql.connections !== 0) ? 'bad' : undefined} />
      </Tiles>
      <Chart label="Requests a second" at={at} format={perSecond} series={[{ name: 'requests /s', values: list.map((s) => s.data.http.per_s), colour: 1, area: true }]} />
      {rates.length > 1 && <Chart label="Messages a second" at={rates.map((r) => r.at)} format={perSecond} series={[{ name: 'messages /s', values: rates.map((r) => r.value), colour: 2, area: true }]} />}
    </Panel>
  )
}

function Slow({ now }: { now: OverviewData }) {
  const list = samples.value
  const slowest = useLoad((signal) => api.get<{ items: TraceRow[] }>('/admin/traces?slowest=true&limit=5', { signal }), [Math.floor((list[list.length - 1]?.at ?? 0) / 10_000)])
  return (
    <Panel title="What is slow" note="time to answer a request">
      <Tiles>
        <Tile name="Half answer within" value={durationMs(now.http.p50_ms)} sub="median" />
        <Tile name="99 of 100 within" value={durationMs(now.http.p99_ms)} sub="99th percentile" tone={(now.http.p99_ms ?? 0) > 1000 ? 'warn' : undefined} />
        <Tile name="Failed on our side" value={short(now.http.errors_5xx)} sub={`of ${short(now.http.requests)} (${percent(now.http.errors_5xx, now.http.requests)})`} />
      </Tiles>
      <Chart
        label="Latency" at={list.map((s) => s.at)} format={durationMs}
        series={[{ name: '99th percentile', values: list.map((s) => s.data.http.p99_ms), colour: 3 }, { name: 'median', values: list.map((s) => s.data.http.p50_ms), colour: 1 }]}
      />
      <h3>Slowest of late <a class="more" href={to(['traces'], { list: 'slowest' })}>all</a></h3>
      {slowest.value ? <Ranked items={slowest.value.items.slice(0, 5).map((t) => ({ key: t.trace_id, name: <TraceLink id={t.trace_id}>{t.name}</TraceLink>, value: t.duration_us, text: duration(t.duration_us), bad: t.failed }))} none="No trace is remembered yet." />
        : slowest.error !== undefined ? <p class="muted small">{isMissing(slowest.error) ? 'This server keeps no traces.' : 'Traces could not be read.'}</p> : <Skeleton lines={2} />}
    </Panel>
  )
}

/** A few of many, the largest first, with bars. */
function Ranked({ items, none }: { items: { key: string; name: preact.ComponentChildren; value: number; text: string; bad?: boolean }[]; none: string }) {
  const top = Math.max(...items.map((i) => i.value), 0)
  if (!items.length) return <p class="muted small">{none}</p>
  return (
    <ol class="ranked">
      {items.map((item) => (
        <li key={item.key}>
          <Share value={item.value} of={top} />
          <span class="ranked-name">{item.name}{item.bad && <Badge tone="bad">failed</Badge>}</span>
          <b>{item.text}</b>
        </li>
      ))}
    </ol>
  )
}

function Costs({ now }: { now: OverviewData }) {
  const { today_usd, budget_usd } = now.cost
  const operations = useLoad((signal) => api.get<Metrics>('/admin/llm/metrics?group_by=operation', { signal }), [Math.floor((samples.value[samples.value.length - 1]?.at ?? 0) / 30_000)])
  const words = budget_usd === null ? `${usd(today_usd)}, no budget is set` : `${usd(today_usd)} of ${usd(budget_usd)} (${percent(today_usd, budget_usd)})`
  return (
    <Panel title="What it costs" note="language models, in US dollars">
      <Tiles>
        <Tile name="Today" value={usd(today_usd)} sub={budget_usd === null ? <>no budget: <a href={to(['models'])}>set one</a></> : `of ${usd(budget_usd)} a day`} tone={budget_usd !== null && today_usd !== null && today_usd >= budget_usd ? 'bad' : undefined} />
        <Tile name="Calls" value={short(operations.value?.totals.calls)} sub="in the last 24 hours" />
        <Tile name="Failed" value={short(operations.value?.totals.errors)} sub={operations.value ? percent(operations.value.totals.errors, operations.value.totals.calls) : ''} />
      </Tiles>
      {budget_usd !== null && today_usd !== null && <Meter label="Today's budget" value={today_usd} of={budget_usd} text={words} />}
      <h3>By operation, last 24 hours <a class="more" href={to(['models'])}>all</a></h3>
      {operations.value ? (
        <Ranked
          items={[...operations.value.items].sort((a, b) => b.cost_nano_usd - a.cost_nano_usd).slice(0, 5).map((row) => ({ key: row.operation ?? '', name: row.operation ?? 'unknown', value: row.cost_nano_usd, text: usdOfNano(row.cost_nano_usd) }))}
          none="No model was called in the last 24 hours."
        />
      ) : operations.error !== undefined ? <p class="muted small">Costs could not be read.</p> : <Skeleton lines={2} />}
    </Panel>
  )
}

const alarm_words: Record<AlarmKind, string> = { long_mailbox: 'Mailbox grows', long_handler: 'Stuck in a handler', restart_storm: 'Restarts again and again', stale_workflow: 'Workflow stands still' }

const upstream_words: Record<string, string> = { closed: 'works', up: 'works', down: 'did not answer', unused: 'not asked yet', unknown: 'not asked yet', half_open: 'tried again', open: 'not asked: it failed' }
const upstream_tone = (state: string) => (/^(closed|up|ok|healthy)/.test(state) ? 'good' : /unknown|unused|idle/.test(state) ? 'neutral' : /half/.test(state) ? 'warn' : 'bad')

function AlarmRow({ alarm }: { alarm: Alarm }) {
  return (
    <li>
      <Badge tone={alarm.level === 'critical' ? 'bad' : 'warn'}>{alarm_words[alarm.kind] ?? alarm.kind}</Badge>
      {isApplication(alarm) ? <a href={to(['applications'])}><code>{alarm.path}</code></a> : <ActorLink path={alarm.path} most={40} />}
      <span class="muted">{maskText(alarm.detail)}</span>
      <time class="muted" dateTime={alarm.since}>{age(alarm.since)}</time>
    </li>
  )
}

function Stuck({ now }: { now: OverviewData }) {
  // What waits or runs longest, as the stream tells it right now.
  const busy = live.value.rows.filter((r) => r.running_us !== null || r.state === 'queued').slice(0, 4)
  return (
    <Panel title="What is stuck" note="alarms, events, upstreams">
      <Tiles>
        <Tile name="Alarms" value={now.alarms.length} tone={now.alarms.length ? 'warn' : undefined} sub={now.alarms.length ? 'see below' : 'none'} />
        <Tile name="Events wait" value={short(now.events.outbox)} sub={now.events.outbox ? `the oldest for ${durationS(now.events.oldest_s)}` : now.events.outbox === null ? 'not known' : 'all told'} tone={(now.events.oldest_s ?? 0) > 30 ? 'warn' : undefined} />
        <Tile name="Lag" value={short(now.events.lag)} sub={now.events.lag === null ? 'not measured' : 'events behind'} />
        <Tile name="Dead letters" value={short(now.events.dead_letters)} tone={now.events.dead_letters ? 'warn' : undefined} sub={<>{short(now.events.dead_letters_since_start)} since the start · <a href={to(['events'])}>events</a></>} />
      </Tiles>
      {now.alarms.length > 0 && <ul class="alarms">{now.alarms.map((alarm) => <AlarmRow key={alarm.id} alarm={alarm} />)}</ul>}
      <h3>Upstreams</h3>
      {now.upstreams.length ? (
        <ul class="upstreams">
          {now.upstreams.map((u) => (
            <li key={u.name}>
              <span>{u.name}</span>
              <Badge tone={upstream_tone(u.state)}>{upstream_words[u.state] ?? u.state.replace(/_/g, ' ')}</Badge>
              <span class="muted small">{u.since ? `since ${age(u.since)}` : ''}</span>
            </li>
          ))}
        </ul>
      ) : <p class="muted small">None has been asked yet.</p>}
      <h3>Busy at this moment <a class="more" href={to(['actors'], { sort: 'running', order: 'desc' })}>all</a></h3>
      {busy.length ? (
        <ul class="alarms">{busy.map((row) => <li key={row.path}><ActorLink path={row.path} most={34} /><StateBadge state={row.state} /><span class="muted">{maskText(doing(row))}</span></li>)}</ul>
      ) : <p class="muted small">No actor has been running for longer than a moment.</p>}
    </Panel>
  )
}

/** What the system is doing, what is slow, what it costs and what is stuck. */
export function OverviewPage() {
  useLive()
  useEffect(() => watch({ sort: 'running', order: 'desc', limit: 10 }), [])
  useCommands({ refresh: () => void sample() })
  const now = samples.value[samples.value.length - 1]
  const error = overview_error.value
  const late = now !== undefined && error !== undefined
  return (
    <>
      <PageHead title="Overview" tools={now && <span class={`pulse ${late ? 'late' : ''}`}><i />{late ? `as of ${age(new Date(now.at).toISOString())} ago` : `up ${durationS(now.data.uptime_s)}`}</span>}>
        What the system is doing, what is slow, what it costs, and what is stuck.
      </PageHead>
      {error !== undefined && !isMissing(error) && <Problem error={error} retry={() => void sample()} />}
      {now ? (
        <>
          {!late && <Verdict />}
          <div class="four">
            <Doing now={now.data} />
            <Slow now={now.data} />
            <Costs now={now.data} />
            <Stuck now={now.data} />
          </div>
        </>
      ) : isMissing(error) ? <Unavailable what="The overview" /> : error === undefined && <Skeleton lines={8} />}
    </>
  )
}
