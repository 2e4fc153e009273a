/** The way of a line through the values: `x` says how far to the right each stands, 0 to 1; where nothing is known it is broken. */
export function linePath(values: (number | null)[], x: (index: number) => number, width: number, height: number, top: number): string {
  let pen = false
  let path = ''
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) {
      pen = false
      return
    }
    const y = height - (top > 0 ? Math.min(1, Math.max(0, value / top)) : 0) * height
    path += `${pen ? 'L' : 'M'}${(x(i) * width).toFixed(1)} ${y.toFixed(1)}`
    pen = true
  })
  return path
}

/** Where moments stand between the first and the last of them. */
export function shares(at: number[]): number[] {
  const first = at[0] ?? 0
  const span = (at[at.length - 1] ?? 0) - first
  return at.map((moment) => (span > 0 ? (moment - first) / span : 1))
}

/** The moment that is nearest to a place between the first and the last. */
export function nearest(places: number[], place: number): number {
  let best = 0
  places.forEach((p, i) => {
    if (Math.abs(p - place) < Math.abs(places[best]! - place)) best = i
  })
  return best
}

/** A round value that no other is above. */
export function ceiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 1.5, 2, 3, 4, 5, 8, 10].find((m) => m * power >= value) ?? 10) * power
}
