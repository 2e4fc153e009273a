import type { ComponentChildren } from 'preact'
import { usePage, href } from '../../shared/router'
import type { Loaded } from '../../shared/load'
import { Await, Badge, Empty } from '../../shared/ui/basic'
import { duration, tail } from '../core/figures'
import { isMissing, to } from '../state'
import type { ActorRow, ActorState } from '../types'

/** The head of a page: its name, what it is about, and what can be done with all of it. */
export function PageHead({ title, children, tools }: { title: string; children?: ComponentChildren; tools?: ComponentChildren }) {
  const heading = usePage(title, 'Jobraker console')
  return (
    <div class="head">
      <div>
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {children && <p class="muted">{children}</p>}
      </div>
      {tools && <div class="head-tools">{tools}</div>}
    </div>
  )
}

/** A part of a page with a name. */
export function Panel({ title, note, tools, children, class: extra = '' }: { title: string; note?: ComponentChildren; tools?: ComponentChildren; children: ComponentChildren; class?: string }) {
  return (
    <section class={`panel ${extra}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note && <span class="muted small">{note}</span>}
        {tools && <div class="panel-tools">{tools}</div>}
      </header>
      {children}
    </section>
  )
}

/** One figure with its name and unit. */
export function Tile({ name, value, unit, sub, tone }: { name: string; value: ComponentChildren; unit?: string; sub?: ComponentChildren; tone?: 'bad' | 'warn' | 'good' }) {
  return (
    <div class={`tile ${tone ?? ''}`}>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {unit && <span class="unit"> {unit}</span>}
        {sub && <small>{sub}</small>}
      </dd>
    </div>
  )
}
export const Tiles = ({ children }: { children: ComponentChildren }) => <dl class="tiles">{children}</dl>

/** `Await` for what a server may not have: says so instead of an error. */
export function Gate<T>({ of, what, lines, children }: { of: Loaded<T>; what: string; lines?: number; children: (value: T) => ComponentChildren }) {
  if (of.value === undefined && isMissing(of.error)) return <Unavailable what={what} />
  return <Await of={of} lines={lines ?? 4}>{children}</Await>
}

export function Unavailable({ what }: { what: string }) {
  return (
    <Empty icon="minus" title="Not available on this server">
      <p>{what} cannot be seen here: this server does not offer it.</p>
    </Empty>
  )
}

/** Choices of which one is on. */
export function Choice<T extends string>({ label, options, value, pick }: { label: string; options: [value: T, text: string][]; value: T; pick: (value: T) => void }) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map(([v, text]) => (
        <button key={v} type="button" aria-pressed={v === value} onClick={() => pick(v)}>{text}</button>
      ))}
    </div>
  )
}

const state_tones: Record<ActorState, 'good' | 'warn' | 'bad' | 'accent' | 'neutral'> = { idle: 'neutral', queued: 'warn', running: 'good', waiting: 'accent', paused: 'warn', draining: 'warn' }
export const StateBadge = ({ state }: { state: ActorState }) => <Badge tone={state_tones[state] ?? 'neutral'}><i class={`dot ${state}`} />{state}</Badge>

/** What an actor does at this moment, in a few words. */
export function doing(row: ActorRow): string {
  if (row.state === 'running' && row.running_us !== null) return `for ${duration(row.running_us)}`
  if (row.state === 'waiting' && row.waiting_on) return row.waiting_on
  return ''
}

/** A path with its last part in front of the eye. */
export function Path({ path, most = 200 }: { path: string; most?: number }) {
  const shown = tail(path, most)
  const cut = shown.lastIndexOf('/')
  return <code class="path" title={path}><span>{shown.slice(0, cut + 1)}</span>{shown.slice(cut + 1)}</code>
}

export const ActorLink = ({ path, most }: { path: string; most?: number }) => <a class="quiet" href={to(['actors'], { show: path })}><Path path={path} most={most ?? 60} /></a>
export const TraceLink = ({ id, children }: { id: string; children?: ComponentChildren }) => (
  <a class="quiet" href={href('traces', id)} title={`Trace ${id}`}>{children ?? <code><span class="visually-hidden">Trace </span>{id.slice(0, 8)}</code>}</a>
)

/** Part of a whole as a bar; `limit` marks where it is too much. */
export function Meter({ label, value, of, text }: { label: string; value: number; of: number; text: string }) {
  const share = of > 0 ? Math.min(1, value / of) : 0
  const tone = of > 0 && value >= of ? 'bad' : of > 0 && value >= 0.8 * of ? 'warn' : ''
  return (
    <div class={`meter ${tone}`} role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={of} aria-valuenow={Math.min(value, of)} aria-valuetext={text}>
      <div style={{ width: `${share * 100}%` }} />
    </div>
  )
}

/** A share of the largest, behind a figure. */
export const Share = ({ value, of }: { value: number; of: number }) => <span class="share" aria-hidden="true"><span style={{ width: `${of > 0 ? Math.min(100, (value / of) * 100) : 0}%` }} /></span>
