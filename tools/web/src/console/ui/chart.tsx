import { useEffect, useRef, useState } from 'preact/hooks'
import { age } from '../core/figures'
import { ceiling, linePath, nearest, shares } from '../core/line'

export interface Series {
  name: string
  values: (number | null)[]
  /** 1 to 4: which of the chart's colours. */
  colour: 1 | 2 | 3 | 4
  /** Filled down to the ground. */
  area?: boolean
}

interface Props {
  /** What the chart shows, for who cannot see it. */
  label: string
  at: number[]
  series: Series[]
  format: (value: number) => string
  height?: number
}

/** The width of an element, as it is now. */
export function useWidth<E extends HTMLElement>() {
  const ref = useRef<E>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    watcher.observe(ref.current!)
    return () => watcher.disconnect()
  }, [])
  return { ref, width }
}

/** Lines over time, with what they are at the pointer. Its figures stand beside it in words, too. */
export function Chart({ label, at, series, format, height = 96 }: Props) {
  const { ref, width } = useWidth<HTMLDivElement>()
  const [hover, setHover] = useState<number | null>(null)
  const top = ceiling(Math.max(0, ...series.flatMap((s) => s.values.map((v) => v ?? 0))))
  const places = shares(at)
  const x = (i: number) => places[i]! * width
  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    if (at.length > 1) setHover(nearest(places, (event.clientX - box.left) / box.width))
  }
  // The list may have become shorter under the pointer.
  const picked = hover !== null && hover < at.length ? hover : null
  const last = (s: Series) => s.values[s.values.length - 1]
  const words = series.map((s) => `${s.name}: ${last(s) === null || last(s) === undefined ? 'unknown' : format(last(s)!)}`).join(', ')
  return (
    <figure class="chart">
      <figcaption>
        {series.map((s) => (
          <span key={s.name} class={`key c${s.colour}`}>
            <i />
            {s.name} <b>{(picked === null ? last(s) : s.values[picked]) == null ? '–' : format((picked === null ? last(s) : s.values[picked])!)}</b>
          </span>
        ))}
        <span class="chart-when">{picked === null ? '' : `${age(new Date(at[picked]!).toISOString(), at[at.length - 1])} before`}</span>
      </figcaption>
      <div class="plot" ref={ref} onPointerMove={point} onPointerLeave={() => setHover(null)}>
        {width > 0 && (
          <svg width={width} height={height} role="img" aria-label={`${label}. Now: ${words}.`}>
            {[0.5, 1].map((share) => (
              <g key={share} class="scale">
                <line x1="0" x2={width} y1={height - share * (height - 4)} y2={height - share * (height - 4)} />
                <text x={width - 3} y={height - share * (height - 4) + 11} text-anchor="end">{format(top * share)}</text>
              </g>
            ))}
            <line class="ground" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
            {series.map((s) => {
              const line = linePath(s.values, (i) => places[i]!, width, height - 4, top)
              return (
                <g key={s.name} class={`line c${s.colour}`} transform="translate(0 3.5)">
                  {s.area && !s.values.includes(null) && at.length > 1 && <path class="area" d={`${line}L${width} ${height - 4}L0 ${height - 4}Z`} />}
                  <path d={line} />
                </g>
              )
            })}
            {picked !== null && <line class="cross" x1={x(picked)} x2={x(picked)} y1="0" y2={height} />}
          </svg>
        )}
      </div>
      <div class="plot-axis" aria-hidden="true">
        <span>{at.length > 1 ? `${age(new Date(at[0]!).toISOString(), at[at.length - 1])} ago` : 'collecting…'}</span>
        <span>now</span>
      </div>
    </figure>
  )
}

/** Bars side by side; each has its words for screen readers in the table that stands with it. */
export function Columns({ label, items, height = 88 }: { label: string; items: { name: string; value: number; title: string }[]; height?: number }) {
  const { ref, width } = useWidth<HTMLDivElement>()
  const top = Math.max(...items.map((i) => i.value), 0)
  const each = items.length ? Math.min(56, width / items.length) : 0
  const every = Math.max(1, Math.ceil(52 / Math.max(1, each)))
  return (
    <div class="columns" ref={ref}>
      {width > 0 && (
        <svg width={width} height={height + 16} role="img" aria-label={label}>
          <line class="ground" x1="0" x2={width} y1={height + 0.5} y2={height + 0.5} />
          {items.map((item, i) => {
            const size = top > 0 && item.value > 0 ? Math.max(1.5, (item.value / top) * (height - 4)) : 0
            return (
              <g key={item.name} class="column">
                <title>{item.title}</title>
                <rect class="column-space" x={i * each} y="0" width={each} height={height} />
                <rect x={i * each + 1} y={height - size} width={Math.max(1, each - 2)} height={size} rx="1.5" />
                {i % every === 0 && <text x={i * each + each / 2} y={height + 13} text-anchor="middle">{item.name}</text>}
              </g>
            )
          })}
        </svg>
      )}
    </div>
  )
}
