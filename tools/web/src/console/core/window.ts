/** Which rows of a long list are drawn. */
export interface Slice {
  /** The first row drawn, and the one after the last. */
  first: number
  end: number
  /** Height of the whole list in pixels. */
  height: number
  /** Where the first drawn row begins. */
  offset: number
}

/** No browser lays out more than about 17 million pixels; beyond that, rows stand closer on the scroll bar than on the screen. */
export const height_max = 12_000_000

export function slice(total: number, row: number, top: number, view: number, beyond = 6): Slice {
  const full = total * row
  const height = Math.min(full, height_max)
  if (total === 0) return { first: 0, end: 0, height: 0, offset: 0 }
  const most = Math.max(0, full - view)
  const at = Math.min(1, Math.max(0, top) / Math.max(1, height - view))
  // Without compression the place is exact; with it the share of the way counts.
  const pixel = full <= height_max ? Math.min(Math.max(0, top), most) : at * most
  const first = Math.max(0, Math.floor(pixel / row) - beyond)
  const end = Math.min(total, Math.ceil((pixel + view) / row) + beyond)
  const offset = full <= height_max ? first * row : Math.max(0, top) - (pixel - first * row)
  return { first, end, height, offset }
}

/** Where to scroll so that the row is seen whole. */
export function reveal(index: number, total: number, row: number, top: number, view: number): number {
  const full = total * row
  const height = Math.min(full, height_max)
  const scale = full <= height_max ? 1 : (height - view) / (full - view)
  const start = index * row * scale
  if (start < top) return start
  const last = ((index + 1) * row - view) * scale
  return last > top ? last : top
}

/** One page of rows as it was fetched: the `next` of the page before as its cursor, if that is known. */
export interface Page<T> {
  rows: T[]
  cursor: string | null
  next: string | null
  at: string
}

/** How a page is asked for: by a cursor, which is cheap, or by how many rows are before it. */
export interface Place {
  cursor: string | null
  skip: number
}

/** The pages of a long list that somebody has looked at. */
export class Pages<T> {
  private list = new Map<number, Page<T>>()
  constructor(readonly size: number) {}

  /** Rows that are here. */
  get loaded(): number {
    let sum = 0
    for (const page of this.list.values()) sum += page.rows.length
    return sum
  }
  indexOf(row: number): number {
    return Math.floor(Math.max(0, row) / this.size)
  }
  at(row: number): T | undefined {
    return this.page(this.indexOf(row))?.rows[row % this.size]
  }
  page(index: number): Page<T> | undefined {
    return this.list.get(index)
  }
  put(index: number, page: Page<T>): void {
    this.list.set(index, page)
  }
  place(index: number): Place {
    const cursor = this.page(index)?.cursor ?? this.page(index - 1)?.next ?? null
    return { cursor, skip: cursor === null ? index * this.size : 0 }
  }
  /** The page to be fetched next so that these rows are here; one before them comes first, for its cursor. */
  lacking(first: number, end: number): number | undefined {
    for (let index = this.indexOf(first); index <= this.indexOf(end - 1); index++) {
      if (this.page(index)) continue
      const before = this.page(index - 1)
      if (before?.next === null) return undefined
      return index > 0 && !before ? index - 1 : index
    }
    return undefined
  }
  /** Newer rows of a page. Where fewer came, those that were behind them stay until the next look. */
  replace(index: number, rows: T[], at: string): void {
    const old = this.page(index)
    if (!old) return
    const rest = old.next === null ? [] : old.rows.slice(rows.length)
    this.put(index, { ...old, rows: [...rows, ...rest].slice(0, this.size), at })
  }
}
