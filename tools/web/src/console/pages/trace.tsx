import { useState } from 'preact/hooks'
import { plural } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { ApiError } from '../../shared/problem'
import { Badge, Button, Empty, Note } from '../../shared/ui/basic'
import { say } from '../../shared/ui/toast'
import { duration, durationMs, instant, percent, short, usd } from '../core/figures'
import { maskText, maskValue } from '../core/mask'
import { bars, breakdown, lengthOf, ticks, type Bar, type Share } from '../core/waterfall'
import { useCommands } from '../keyboard'
import { api } from '../state'
import type { Span, TraceDetail } from '../types'
import { ActorLink, Gate, PageHead, Panel, Path } from '../ui/parts'

const kinds: Record<Share['kind'], string> = {
  request: 'request', message: 'in an actor', statement: 'SQL', call: 'another server', work: 'work pool', event: 'event', waiting: 'waiting in queues', between: 'nothing recorded',
}
const rows_most = 500

/** Where the time went, as one bar whose parts sum up to the whole. */
function Breakdown({ spans }: { spans: Span[] }) {
  const shares = breakdown(spans)
  const whole = lengthOf(spans)
  return (
    <div class="breakdown">
      <div class="breakdown-bar" aria-hidden="true">{shares.map((s) => <span key={s.kind} class={`k-${s.kind}`} style={{ width: `${(s.us / whole) * 100}%` }} />)}</div>
      <ul aria-label="Where the time went">
        {shares.map((s) => <li key={s.kind}><i class={`k-${s.kind}`} />{kinds[s.kind]} <b>{duration(s.us)}</b> <span class="muted">{percent(s.us, whole)}</span></li>)}
      </ul>
    </div>
  )
}

function Row({ bar, whole, marks, folded, fold, open, pick }: { bar: Bar; whole: number; marks: number[]; folded: boolean; fold: () => void; open: boolean; pick: () => void }) {
  const { span } = bar
  const place = (share: number) => `${Math.min(100, share * 100)}%`
  const words = `begins at ${duration(span.start_us)}, ${span.wait_us ? `waits ${duration(span.wait_us)}, ` : ''}runs ${duration(span.run_us)}`
  return (
    <>
      <tr class={`${span.failed ? 'failed' : ''} ${open ? 'selected' : ''}`} onClick={pick}>
        <td><div class="span-name">
          <span class="indent" style={{ width: `${Math.min(bar.depth, 16) * 0.9}rem` }} />
          {bar.children > 0 ? <button type="button" class={`twist ${folded ? '' : 'open'}`} aria-expanded={!folded} aria-label={`${span.name}: ${bar.below} below`} onClick={(e) => { e.stopPropagation(); fold() }}>▸</button> : <span class="twist none" />}
          <i class={`swatch k-${span.kind}`} aria-hidden="true" />
          <button type="button" class="row-button" aria-expanded={open} onClick={(e) => { e.stopPropagation(); pick() }} title={maskText(span.name)}>{maskText(span.name)}</button>
          {folded && <span class="muted small">+{bar.below}</span>}
          {span.failed && <Badge tone="bad">failed</Badge>}
        </div></td>
        <td class="span-kind">{kinds[span.kind]}</td>
        <td class="figure">{span.wait_us ? duration(span.wait_us) : <span class="nil">0</span>}</td>
        <td class="figure">{duration(span.run_us)}</td>
        <td class="span-time">
          <div class="lane" role="img" aria-label={words} title={words}>
            {marks.map((mark) => <i key={mark} class="mark" style={{ left: place(mark / whole) }} />)}
            {span.wait_us > 0 && <span class="stint waits" style={{ left: place(bar.left), width: place(bar.wait) }} />}
            <span class={`stint k-${span.kind} ${span.failed ? 'bad' : ''}`} style={{ left: place(bar.left + bar.wait), width: place(bar.run) }} />
          </div>
        </td>
      </tr>
      {open && (
        <tr class="span-detail">
          <td colSpan={5}>
            <dl class="facts">
              <div><dt>Begins</dt><dd>{duration(span.start_us)}</dd></div>
              <div><dt>Waits</dt><dd>{duration(span.wait_us)}</dd></div>
              <div><dt>Runs</dt><dd>{duration(span.run_us)}</dd></div>
              <div><dt>Actor</dt><dd>{span.actor ? <ActorLink path={span.actor} /> : 'none'}</dd></div>
              <div><dt>Sender</dt><dd>{span.sender ? <ActorLink path={span.sender} /> : 'none'}</dd></div>
              <div><dt>Span</dt><dd><code>{span.id}</code></dd></div>
            </dl>
            {span.kind === 'statement' && <pre tabIndex={0}>{span.name}</pre>}
          </td>
        </tr>
      )}
    </>
  )
}

function Waterfall({ spans }: { spans: Span[] }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [open, setOpen] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  const whole = lengthOf(spans)
  const marks = ticks(whole)
  const rows = bars(spans, folded).filter((b) => !b.hidden)
  const shown = all ? rows : rows.slice(0, rows_most)
  const fold = (id: string) => {
    const next = new Set(folded)
    if (!next.delete(id)) next.add(id)
    setFolded(next)
  }
  useCommands({
    leave: () => {
      if (open === null) return false
      setOpen(null)
      return true
    },
  })
  return (
    <div class="table-box waterfall" tabIndex={0} role="region" aria-label="Waterfall">
      <table>
        <caption class="visually-hidden">Spans, each below what caused it</caption>
        <thead>
          <tr>
            <th scope="col">Span</th><th scope="col">Where</th><th scope="col" class="figure">Waited</th><th scope="col" class="figure">Ran</th>
            <th scope="col" class="span-time"><span class="visually-hidden">Time</span><div class="lane" aria-hidden="true">{marks.filter((m) => m < 0.92 * whole).map((m) => <span key={m} class="tick" style={{ left: `${(m / whole) * 100}%` }}>{duration(m)}</span>)}</div></th>
          </tr>
        </thead>
        <tbody>
          {shown.map((bar) => <Row key={bar.span.id} bar={bar} whole={whole} marks={marks} folded={folded.has(bar.span.id)} fold={() => fold(bar.span.id)} open={open === bar.span.id} pick={() => setOpen(open === bar.span.id ? null : bar.span.id)} />)}
        </tbody>
      </table>
      {rows.length > shown.length && <p class="table-empty"><Button size="small" onClick={() => setAll(true)}>Show all {short(rows.length)} spans</Button></p>}
    </div>
  )
}

/** A model call as it was recorded, whatever its members are named. */
function ModelCalls({ calls }: { calls: TraceDetail['model_calls'] }) {
  const text = (value: unknown) => (value === null || value === undefined ? '–' : typeof value === 'object' ? JSON.stringify(value) : String(value))
  const cell = (key: string, value: unknown) => (/usd$/.test(key) ? usd(Number(value)) : /(^|_)ms$/.test(key) ? durationMs(Number(value)) : typeof value === 'number' ? short(value) : typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? instant(value) : text(maskValue(value, key)))
  const keys = [...new Set(calls.flatMap((c) => Object.keys(c)))]
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Calls of models">
      <table>
        <thead><tr>{keys.map((key) => <th key={key} scope="col" class={typeof calls[0]?.[key] === 'number' ? 'figure' : ''}>{key.replace(/_/g, ' ')}</th>)}</tr></thead>
        <tbody>{calls.map((call, i) => <tr key={i}>{keys.map((key) => <td key={key} class={typeof call[key] === 'number' ? 'figure' : ''}>{cell(key, call[key])}</td>)}</tr>)}</tbody>
      </table>
    </div>
  )
}

function Found({ trace }: { trace: TraceDetail }) {
  const actors = [...new Set(trace.spans.map((s) => s.actor).filter((a): a is string => a !== null))]
  const failed = trace.spans.filter((s) => s.failed).length
  return (
    <>
      {trace.truncated && <Note tone="warn" icon="alert">Not everything is remembered: the oldest spans have been overwritten.</Note>}
      <Panel title="Where the time went" note={`${duration(lengthOf(trace.spans))} in ${plural(trace.spans.length, 'span')}${failed ? `, ${failed} failed` : ''}`}><Breakdown spans={trace.spans} /></Panel>
      <Waterfall spans={trace.spans} />
      {trace.model_calls.length > 0 && <Panel title="Model calls"><ModelCalls calls={trace.model_calls} /></Panel>}
      {trace.events.length > 0 && (
        <Panel title="Events">
          <ul class="alarms">{trace.events.map((e, i) => <li key={i}><time dateTime={e.at}>{instant(e.at)}</time><code>{e.topic}</code><span class="muted">{e.type}</span><code class="muted">{e.key}</code></li>)}</ul>
        </Panel>
      )}
      {actors.length > 0 && <Panel title="Actors"><ul class="chips">{actors.slice(0, 50).map((path) => <li key={path}><ActorLink path={path} /></li>)}{actors.length > 50 && <li class="muted">and {actors.length - 50} more</li>}</ul></Panel>}
    </>
  )
}

/** One trace: nested spans, waiting and running apart. */
export function TracePage({ id }: { id: string }) {
  const trace = useLoad((signal) => api.get<TraceDetail>(`/admin/traces/${encodeURIComponent(id)}`, { signal }))
  useCommands({ refresh: trace.reload })
  const root = trace.value?.spans.find((s) => s.parent === null) ?? trace.value?.spans[0]
  const unknown = trace.error instanceof ApiError && trace.error.status === 404
  const copy = () => void navigator.clipboard?.writeText(id).then(() => say('The id is copied.'))
  return (
    <>
      <PageHead title={root?.name ?? 'Trace'} tools={<><Button size="small" onClick={copy}>Copy the id</Button><Button size="small" icon="refresh" onClick={trace.reload}>Ask again</Button></>}>
        <Path path={id} />
      </PageHead>
      {unknown ? (
        <Empty icon="search" title="No trace has this id">
          <p>It may have been forgotten, or it belongs to another server. The latest requests are remembered only.</p>
        </Empty>
      ) : <Gate of={trace} what="Traces" lines={8}>{(value) => (value.spans.length ? <Found trace={value} /> : <Empty icon="search" title="Nothing of it is remembered" />)}</Gate>}
    </>
  )
}
