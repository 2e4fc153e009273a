/** Figures as an operator reads them: three digits, and always a unit. */

const digits = (value: number) => (value >= 100 ? Math.round(value).toString() : value >= 10 ? value.toFixed(1) : value.toFixed(2)).replace(/\.0+$/, '')

/** Microseconds as `850 µs`, `12.3 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(us: number | null | undefined): string {
  if (us === null || us === undefined || !Number.isFinite(us)) return '–'
  if (us < 0) return `-${duration(-us)}`
  if (us === 0) return '0'
  if (us < 999.5) return `${digits(us)} µs`
  if (us < 999_500) return `${digits(us / 1000)} ms`
  if (us < 59_500_000) return `${digits(us / 1e6)} s`
  const s = Math.round(us / 1e6)
  const pair = (a: number, one: string, b: number, two: string) => (b ? `${a} ${one} ${b} ${two}` : `${a} ${one}`)
  if (s < 3600) return pair(Math.floor(s / 60), 'min', s % 60, 's')
  if (s < 86_400) return pair(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min')
  return pair(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h')
}
export const durationMs = (ms: number | null | undefined) => duration(ms === null || ms === undefined ? ms : ms * 1000)
export const durationS = (s: number | null | undefined) => duration(s === null || s === undefined ? s : s * 1e6)

/** A count: all digits below ten thousand, then `12.3k`, `4.56M`. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  if (Math.abs(value) < 10_000) return new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(value)
  for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const)
    if (Math.abs(value) >= size * 0.9995) return digits(value / size) + unit
  return String(value)
}

/** Per second: `0`, `0.25`, `12.3`, `4,560`. */
export function perSecond(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  if (value < 0.01) return '<0.01'
  return value < 1000 ? digits(value) : short(value)
}

/** Dollars, with as many decimals as say something: `$0`, `$0.00042`, `$1.23`, `$12,345`. */
export function usd(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  if (value === 0) return '$0'
  const size = Math.abs(value)
  if (size < 0.000001) return '<$0.000001'
  if (size >= 1000) return `$${new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(value)}`
  if (size >= 0.995) return `$${value.toFixed(2)}`
  return `$${Number(value.toPrecision(2)).toFixed(Math.min(6, 1 - Math.floor(Math.log10(size))))}`
}
export const usdOfNano = (nano: number) => usd(nano / 1e9)

/** A share as `42 %`; what is small but not nothing is `<1 %`. */
export function percent(part: number | null, whole: number | null): string {
  if (part === null || whole === null || whole <= 0) return '–'
  const value = (part / whole) * 100
  return value > 0 && value < 1 ? '<1 %' : `${Math.round(value)} %`
}

/** A time of the day with milliseconds, for lists in which the order matters. */
export function instant(at: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const two = (n: number, width = 2) => String(n).padStart(width, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${two(date.getMilliseconds(), 3)}`
}

/** How long ago, in one unit: `now`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function age(at: string | null | undefined, now = Date.now()): string {
  if (!at) return '–'
  const s = Math.max(0, Math.floor((now - Date.parse(at)) / 1000))
  if (Number.isNaN(s)) return '–'
  return s < 1 ? 'now' : s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86_400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86_400)} d`
}

/** `now`, `12 s ago`. */
export const past = (at: string | null | undefined, now = Date.now()) => {
  const words = age(at, now)
  return words === 'now' || words === '–' ? words : `${words} ago`
}

/** The end of an id: its beginning is the time at which it was made, and the same for many. */
export const shortId = (id: string) => (id.length > 9 ? `…${id.slice(-8)}` : id)

/** The last parts of a long path, so that what differs stays to be seen. */
export function tail(path: string, most: number): string {
  if (path.length <= most) return path
  const cut = path.slice(path.length - most + 1)
  const slash = cut.indexOf('/')
  return '…' + (slash >= 0 && slash < cut.length - 1 ? cut.slice(slash) : cut)
}
