import type { ComponentChildren, JSX } from 'preact'
import { describe, ApiError } from '../problem'
import { Icon, type IconName } from './icon'

type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'accent'

type ButtonProps = Omit<JSX.IntrinsicElements['button'], 'onClick' | 'icon' | 'size'> & {
  onClick?: (event: MouseEvent) => void
  look?: 'primary' | 'soft' | 'plain' | 'danger'
  size?: 'small' | 'normal'
  icon?: IconName
  /** Work is under way: the button stays where it is and does nothing. */
  busy?: boolean
}

export function Button({ look = 'soft', size = 'normal', icon, busy = false, children, onClick, class: extra, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button ${look} ${size} ${children ? '' : 'bare'} ${typeof extra === 'string' ? extra : ''}`}
      aria-busy={busy}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** A word or two that say what state something is in. */
export const Badge = ({ tone = 'neutral', children }: { tone?: Tone; children: ComponentChildren }) => <span class={`badge ${tone}`}>{children}</span>

/** How far something is; without `of` nobody knows. The words are read out as they change. */
export function Progress({ label, done = 0, of = 0 }: { label: string; done?: number; of?: number }) {
  const known = of > 0
  const percent = known ? Math.min(100, Math.round((done / of) * 100)) : undefined
  return (
    <div class="progress">
      <div class="progress-words" role="status">
        <span>{label}</span>
        {known && <span class="muted">{done} of {of}</span>}
      </div>
      <div class={`track ${known ? '' : 'unknown'}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
        <div style={known ? { width: `${percent}%` } : {}} />
      </div>
    </div>
  )
}

/** Grey shapes where something will be. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} style={{ width: `${92 - ((i * 17) % 45)}%` }} />
      ))}
    </div>
  )
}

/** Nothing is there yet: what it would be, and how to get it. */
export function Empty({ icon, title, children, level: Title = 'h2' }: { icon: IconName; title: string; children?: ComponentChildren; level?: 'h1' | 'h2' }) {
  return (
    <div class="empty">
      <span class="empty-icon"><Icon name={icon} size={26} /></span>
      <Title>{title}</Title>
      {children}
    </div>
  )
}

/** What went wrong, in words, with a way to try again. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const trace = error instanceof ApiError ? error.traceId : ''
  return (
    <div class="note bad" role="alert">
      <Icon name="alert" />
      <div>
        <p>{describe(error)}</p>
        {trace && <p class="muted small">Trace {trace}</p>}
      </div>
      {retry && <Button size="small" icon="refresh" onClick={retry}>Try again</Button>}
    </div>
  )
}

export function Note({ tone = 'neutral', icon = 'spark', children, action }: { tone?: Tone; icon?: IconName; children: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class={`note ${tone}`}>
      <Icon name={icon} />
      <div>{children}</div>
      {action}
    </div>
  )
}

/** Words for screen readers only. */
export const Hidden = ({ children }: { children: ComponentChildren }) => <span class="visually-hidden">{children}</span>

/** What `Loaded` holds: skeleton, error or content. */
export function Await<T>({ of, lines, children }: { of: { value: T | undefined; error: unknown; busy: boolean; reload: () => void }; lines?: number; children: (value: T) => ComponentChildren }) {
  if (of.value !== undefined) return <>{of.error !== undefined && <Problem error={of.error} retry={of.reload} />}{children(of.value)}</>
  if (of.error !== undefined) return <Problem error={of.error} retry={of.reload} />
  return <Skeleton lines={lines ?? 3} />
}
