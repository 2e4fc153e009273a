import { useEffect, useRef, useState } from 'preact/hooks'
import { useEvery, useLoad } from '../../shared/load'
import { ApiError } from '../../shared/problem'
import { Badge, Button, Empty, Note, Problem, Skeleton } from '../../shared/ui/basic'
import { Icon } from '../../shared/ui/icon'
import { duration, instant, past, perSecond, percent, short } from '../core/figures'
import { maskText, maskValue } from '../core/mask'
import { useCommands } from '../keyboard'
import { following, live } from '../live'
import { api, here } from '../state'
import type { ActionName, ActorDetail, ActorRow, MessageRow } from '../types'
import { Glyph } from '../ui/glyph'
import { Path, StateBadge, TraceLink, doing } from '../ui/parts'
import { Spark } from '../ui/spark'
import { ActionDialog, meanings } from './actor_act'

/** Messages as they were handled, the newest first. */
export function Ring({ messages, none }: { messages: MessageRow[]; none: string }) {
  if (!messages.length) return <p class="muted small">{none}</p>
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label="Last messages">
      <table class="ring">
        <thead><tr><th scope="col">Taken</th><th scope="col">Message</th><th scope="col">From</th><th scope="col" class="figure">Waited</th><th scope="col" class="figure">Ran</th><th scope="col">Trace</th></tr></thead>
        <tbody>
          {messages.map((m, i) => (
            <tr key={i} class={m.failed ? 'failed' : ''}>
              <td><time dateTime={m.at}>{instant(m.at)}</time></td>
              <td>{m.type}{m.failed && <Badge tone="bad">failed</Badge>}</td>
              <td>{m.sender ? <a class="quiet" href={here({ show: m.sender })}><Path path={m.sender} most={28} /></a> : <span class="muted">–</span>}</td>
              <td class="figure">{duration(m.wait_us)}</td>
              <td class="figure">{duration(m.run_us)}</td>
              <td>{m.trace_id ? <TraceLink id={m.trace_id} /> : <span class="muted">–</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** How long its handlers took, as bars; the same in words for screen readers. */
function Histogram({ bounds_us, counts }: ActorDetail['handler_histogram']) {
  const total = counts.reduce((sum, n) => sum + n, 0)
  const top = Math.max(...counts, 1)
  if (!total) return <p class="muted small">No message has been handled yet.</p>
  return (
    <ol class="histogram" aria-label="Time in handlers">
      {counts.map((n, i) => {
        const words = i < bounds_us.length ? `< ${duration(bounds_us[i]!)}` : `≥ ${duration(bounds_us[bounds_us.length - 1] ?? 0)}`
        return (
          <li key={i} title={`${words}: ${short(n)} (${percent(n, total)})`}>
            <span class="histogram-bar"><span style={{ height: `${n ? Math.max(3, (n / top) * 100) : 0}%` }} /></span>
            <span class="histogram-count">{n ? short(n) : ''}</span>
            <span class="histogram-bound">{words}</span>
          </li>
        )
      })}
    </ol>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span class="muted">none</span>
  if (typeof value === 'object') return <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
  return <code>{typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : String(value)}</code>
}

function Figures({ row }: { row: ActorRow }) {
  const list: [string, preact.ComponentChildren][] = [
    ['Mailbox', short(row.mailbox)], ['Messages', short(row.messages)],
    ['Messages /s', <>{perSecond(row.rate)} <Spark values={live.value.trails.get(row.path)?.values ?? [row.rate]} /></>],
    ['Mean wait', duration(row.wait_us_mean)], ['In handlers', duration(row.busy_us)], ['Mean run', row.messages ? duration(row.busy_us / row.messages) : '–'],
    ['Failures', short(row.failures)], ['Too late', short(row.dropped)], ['Restarts', short(row.restarts)],
    ['Born', past(row.born_at)], ['Kind', row.kind], ['Memory', row.bytes === null ? 'not told' : `${short(row.bytes)} B`],
  ]
  return <dl class="facts">{list.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
}

const actions: ActionName[] = ['trace', 'pause', 'drain', 'restart', 'stop']

function Actions({ detail, act }: { detail: ActorDetail; act: (name: ActionName) => void }) {
  const held = detail.actor.state === 'paused' || detail.actor.state === 'draining'
  const names = held ? actions.map((name) => (name === 'pause' ? 'resume' : name)) : actions
  return (
    <div class="row actions" role="group" aria-label="Actions">
      {names.map((name) => <Button key={name} size="small" look={name === 'stop' || name === 'restart' ? 'danger' : 'soft'} onClick={() => act(name)}>{meanings[name].title}…</Button>)}
    </div>
  )
}

function Body({ detail, act, go }: { detail: ActorDetail; act: (name: ActionName) => void; go: (path: string) => void }) {
  const { actor: row, summary, pending } = detail
  const shown = summary ? (maskValue(summary) as Record<string, unknown>) : null
  return (
    <>
      <p class="drawer-now"><StateBadge state={row.state} /> <span class="doing-now">{maskText(doing(row)) || (row.state === 'idle' ? 'waits for a message' : '')}</span></p>
      <Actions detail={detail} act={act} />
      <Figures row={row} />
      <section aria-label="Pending effects">
        <h3>Waits for <span class="muted">{pending.length || ''}</span></h3>
        {pending.length ? (
          <ul class="pending">
            {pending.map((p, i) => <li key={i}><Badge tone={p.since_us > 1e6 ? 'warn' : 'accent'}>{p.kind}</Badge><code>{maskText(p.name)}</code><b>{duration(p.since_us)}</b>{p.trace_id && <TraceLink id={p.trace_id} />}</li>)}
          </ul>
        ) : <p class="muted small">Nothing is under way for it.</p>}
      </section>
      <section aria-label="State">
        <h3>State</h3>
        {detail.summary_note && <Note tone="warn" icon="clock">{maskText(detail.summary_note)}</Note>}
        {shown ? <dl class="facts wide">{Object.entries(shown).map(([key, value]) => <div key={key}><dt>{key.replace(/_/g, ' ')}</dt><dd><Value value={value} /></dd></div>)}</dl>
          : !detail.summary_note && <p class="muted small">It says nothing of itself.</p>}
      </section>
      <section aria-label="Messages">
        <h3>Last messages</h3>
        <Ring messages={detail.messages} none="None is remembered." />
      </section>
      <section aria-label="Handlers">
        <h3>Time in handlers <span class="muted">messages by how long they ran</span></h3>
        <Histogram {...detail.handler_histogram} />
      </section>
      <p class="row small">
        {row.parent && row.parent !== row.path && <Button size="small" look="plain" onClick={() => go(row.parent)}>Above: {row.parent}</Button>}
        {detail.children > 0 && <a href={here({ show: null, view: null, path: row.path })}>{short(detail.children)} below it</a>}
      </p>
    </>
  )
}

const refresh_ms = 1000

/** Everything about one actor, beside the list it was picked from. */
export function ActorDrawer({ path, close, go }: { path: string; close: () => void; go: (path: string) => void }) {
  const detail = useLoad((signal) => api.get<ActorDetail>('/admin/actors/show' + path.split('/').map(encodeURIComponent).join('/'), { signal }))
  const [acting, setActing] = useState<ActionName | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(document.activeElement)
  const gone = detail.error instanceof ApiError && detail.error.status === 404
  useEvery(() => {
    if (!detail.busy) detail.reload()
  }, refresh_ms, following.value && !gone && acting === null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    const back = before.current
    return () => {
      if (back instanceof HTMLElement && back.isConnected) back.focus({ preventScroll: true })
    }
  }, [])
  useCommands({
    leave: () => {
      close()
      return true
    },
  })
  return (
    <aside class="drawer" aria-label={`Actor ${path}`}>
      <header>
        <h2 ref={heading} tabIndex={-1}><Path path={path} /></h2>
        <Button look="plain" size="small" icon="close" aria-label="Close the details" onClick={close} />
      </header>
      <div class="drawer-body">
        {gone ? (
          <Empty icon="minus" title="Nobody lives here">
            <p>No actor is at {path}{detail.value ? ' any more: it has ended' : ''}.</p>
            <a href={here({ show: null, view: 'dead' })}>Look among the dead</a>
          </Empty>
        ) : detail.value ? <Body detail={detail.value} act={setActing} go={go} /> : detail.error !== undefined ? <Problem error={detail.error} retry={detail.reload} /> : <Skeleton lines={8} />}
        {detail.value && detail.error !== undefined && !gone && <p class="muted small"><Icon name="alert" size={14} /> These figures are old: the server did not answer.</p>}
        {detail.value && !following.value && <p class="muted small"><Glyph name="pause" size={14} /> Held.</p>}
      </div>
      {acting && detail.value && <ActionDialog action={acting} path={path} below={detail.value.children} close={() => setActing(null)} done={detail.reload} />}
    </aside>
  )
}
