import type { Span, SpanKind } from '../types'

/** A span as it stands in the picture: left and widths are shares of the whole, 0 to 1. */
export interface Bar {
  span: Span
  depth: number
  children: number
  /** Spans below, at any depth. */
  below: number
  left: number
  wait: number
  run: number
  /** Not shown, because one above is folded. */
  hidden: boolean
}

/** The end of a span, from the trace's first. */
export const endOf = (span: Span) => span.start_us + span.wait_us + span.run_us

/** How long the trace took, in microseconds; at least 1. */
export const lengthOf = (spans: Span[]) => spans.reduce((most, span) => Math.max(most, endOf(span)), 1)

/** Spans in the order of the tree, whatever order they came in; one whose parent is not there stands at the top. */
export function inTreeOrder(spans: Span[]): { span: Span; depth: number; below: number; children: number }[] {
  const known = new Set(spans.map((span) => span.id))
  const below = new Map<string | null, Span[]>()
  for (const span of spans) {
    const parent = span.parent !== null && span.parent !== span.id && known.has(span.parent) ? span.parent : null
    const list = below.get(parent)
    if (list) list.push(span)
    else below.set(parent, [span])
  }
  for (const list of below.values()) list.sort((a, b) => a.start_us - b.start_us || a.depth - b.depth)
  const out: { span: Span; depth: number; below: number; children: number }[] = []
  const seen = new Set<string>()
  // A stack instead of recursion: a chain of spans may be thousands deep.
  const stack: { span: Span; depth: number }[] = []
  const open: { at: number; depth: number }[] = []
  const push = (list: Span[] | undefined, depth: number) => {
    for (const span of [...(list ?? [])].reverse()) stack.push({ span, depth })
  }
  // Where those that are this deep or deeper end is known now, and with it how many stand below them.
  const close = (depth: number) => {
    while (open.length && open[open.length - 1]!.depth >= depth) {
      const { at } = open.pop()!
      out[at]!.below = out.length - at - 1
    }
  }
  const drain = () => {
    for (let top = stack.pop(); top; top = stack.pop()) {
      if (seen.has(top.span.id)) continue
      seen.add(top.span.id)
      close(top.depth)
      open.push({ at: out.length, depth: top.depth })
      const children = below.get(top.span.id)
      out.push({ ...top, below: 0, children: children?.length ?? 0 })
      push(children, top.depth + 1)
    }
    close(0)
  }
  push(below.get(null), 0)
  drain()
  // Spans that name each other as parents are in no tree; they are shown all the same.
  for (const span of spans) {
    if (seen.has(span.id)) continue
    stack.push({ span, depth: 0 })
    drain()
  }
  return out
}

export function bars(spans: Span[], folded: ReadonlySet<string> = new Set()): Bar[] {
  const whole = lengthOf(spans)
  let deeper = Infinity
  return inTreeOrder(spans).map(({ span, depth, below, children }) => {
    if (depth <= deeper) deeper = Infinity
    const hidden = depth > deeper
    if (!hidden && folded.has(span.id)) deeper = depth
    return { span, depth, below, children, hidden, left: span.start_us / whole, wait: span.wait_us / whole, run: span.run_us / whole }
  })
}

/** Marks of a time axis: 4 to 8 round steps from 0. */
export function ticks(length_us: number, most = 6): number[] {
  if (length_us <= 0) return [0]
  const rough = length_us / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? rough
  const out: number[] = []
  for (let at = 0; at <= length_us * 1.0000001; at += step) out.push(at)
  return out
}

/** Time of one kind within a trace. */
export interface Share {
  kind: SpanKind | 'waiting' | 'between'
  us: number
}

/**
 * Where the time went: at every moment the deepest span under way counts, so the shares sum up to the whole. While that
 * span waits in a queue, waiting counts; when nothing is under way, `between`.
 */
export function breakdown(spans: Span[]): Share[] {
  const order = inTreeOrder(spans).map(({ span, depth }) => ({ span, depth }))
  const edges = new Set<number>([0])
  for (const { span } of order) edges.add(span.start_us).add(span.start_us + span.wait_us).add(endOf(span))
  const cuts = [...edges].sort((a, b) => a - b)
  const starts = [...order].sort((a, b) => a.span.start_us - b.span.start_us)
  const sums = new Map<Share['kind'], number>()
  let active: typeof order = []
  let next = 0
  for (let i = 0; i + 1 < cuts.length; i++) {
    const from = cuts[i]!
    const length = cuts[i + 1]! - from
    while (next < starts.length && starts[next]!.span.start_us <= from) active.push(starts[next++]!)
    active = active.filter(({ span }) => endOf(span) > from)
    const top = active.reduce<(typeof order)[0] | undefined>((best, one) =>
      !best || one.depth > best.depth || (one.depth === best.depth && one.span.start_us >= best.span.start_us) ? one : best, undefined)
    const kind = !top ? 'between' : from < top.span.start_us + top.span.wait_us ? 'waiting' : top.span.kind
    sums.set(kind, (sums.get(kind) ?? 0) + length)
  }
  return [...sums].map(([kind, us]) => ({ kind, us })).filter((s) => s.us > 0).sort((a, b) => b.us - a.us)
}

/** A trace id as it is pasted: alone, or within a traceparent; null when there is none. */
export function traceIdIn(text: string): string | null {
  const trimmed = text.trim().toLowerCase()
  const parent = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/.exec(trimmed)
  const id = parent?.[1] ?? trimmed.replace(/-/g, '')
  return /^[\da-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : null
}
