const width = 64
const height = 18

/** The way of a line through the values, the newest at the right; where nothing is known it is broken. */
export function linePath(values: (number | null)[], w: number, h: number, top: number, count = values.length): string {
  const step = count > 1 ? w / (count - 1) : 0
  const from = count - values.length
  let pen = false
  let path = ''
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) {
      pen = false
      return
    }
    const y = h - (top > 0 ? Math.min(1, value / top) : 0) * h
    path += `${pen ? 'L' : 'M'}${((from + i) * step).toFixed(1)} ${y.toFixed(1)}`
    pen = true
  })
  return path
}

/** A small line of the last moments, beside the figure it belongs to: hidden from screen readers. */
export function Spark({ values, length = 30 }: { values: (number | null)[]; length?: number }) {
  const top = Math.max(...values.map((v) => v ?? 0), 1e-9)
  const path = linePath(values, width - 2, height - 3, top, length)
  const last = values[values.length - 1]
  return (
    <svg class="spark" width={width} height={height} viewBox={`-1 -1.5 ${width} ${height}`} aria-hidden="true" focusable="false">
      <path d={path} />
      {typeof last === 'number' && <circle cx={width - 2} cy={height - 3 - Math.min(1, last / top) * (height - 3)} r="1.6" />}
    </svg>
  )
}
