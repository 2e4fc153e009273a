import { linePath } from '../core/line'

const width = 64
const height = 18

/** A small line of the last moments, beside the figure it belongs to: hidden from screen readers. */
export function Spark({ values, length = 30 }: { values: (number | null)[]; length?: number }) {
  const top = Math.max(...values.map((v) => v ?? 0), 1e-9)
  const from = length - values.length
  const path = linePath(values, (i) => (from + i) / Math.max(1, length - 1), width - 2, height - 3, top)
  const last = values[values.length - 1]
  return (
    <svg class="spark" width={width} height={height} viewBox={`-1 -1.5 ${width} ${height}`} aria-hidden="true" focusable="false">
      <path d={path} />
      {typeof last === 'number' && <circle cx={width - 2} cy={height - 3 - Math.min(1, last / top) * (height - 3)} r="1.6" />}
    </svg>
  )
}
