const locale = typeof navigator === 'undefined' ? 'en-GB' : navigator.language || 'en-GB'

/** `GBP 90,000 – 125,500`, one end alone, or nothing. */
export function money(min: number | null, max: number | null, currency: string): string {
  const amount = (value: number) => new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 }).format(value)
  const unit = currency ? `${currency} ` : ''
  if (min !== null && max !== null && min !== max) return `${unit}${amount(min)} – ${amount(max)}`
  const one = min ?? max
  if (one === null) return ''
  return min === null ? `up to ${unit}${amount(one)}` : max === null ? `from ${unit}${amount(one)}` : `${unit}${amount(one)}`
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000], ['month', 2_592_000], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60],
]

/** `3 days ago`, `in 2 hours`, `just now`. */
export function ago(at: string | number, now = Date.now()): string {
  const seconds = ((typeof at === 'number' ? at : Date.parse(at)) - now) / 1000
  for (const [unit, size] of steps)
    if (Math.abs(seconds) >= size) return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(seconds / size), unit)
  return 'just now'
}

/** Date and time as the person's browser writes them. */
export const moment = (at: string | number) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))

/** Hours, minutes and seconds. */
export const clock = (at: string | number) => new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(new Date(at))

export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3))
  const value = count / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

/** 12345 as `12,345`; large ones as `1.2M` when `short`. */
export const count = (value: number, short = false) =>
  new Intl.NumberFormat('en-US', short ? { notation: 'compact', maximumFractionDigits: 1 } : {}).format(value)

/** `full_time` as `Full time`. */
export const words = (name: string) => (name.charAt(0).toUpperCase() + name.slice(1)).replace(/[_-]+/g, ' ')

/** `1 job`, `2 jobs`. */
export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`
