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

/** One page of rows as it was fetched. */
export interface Chunk<T> {
  rows: T[]
  cursor: string | null
  next: string | null
  at: string
}

/** Pages follow each other by cursors: to reach a row, all before it are fetched once. */
export class Chunks<T> {
  private list: Chunk<T>[] = []
  private starts: number[] = []

  get loaded(): number {
    const last = this.list.length - 1
    return last < 0 ? 0 : this.starts[last]! + this.list[last]!.rows.length
  }
  get count(): number {
    return this.list.length
  }
  /** The cursor of the page after the last one; undefined: there is no more. */
  get next(): string | null | undefined {
    const last = this.list[this.list.length - 1]
    return last === undefined ? null : last.next === null ? undefined : last.next
  }
  add(chunk: Chunk<T>): void {
    this.starts.push(this.loaded)
    this.list.push(chunk)
  }
  /** The page that holds the row. */
  indexOf(row: number): number {
    let low = 0
    let high = this.list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.starts[middle]! <= row) low = middle + 1
      else high = middle
    }
    return low - 1
  }
  at(row: number): T | undefined {
    const index = this.indexOf(row)
    return index < 0 ? undefined : this.list[index]!.rows[row - this.starts[index]!]
  }
  chunk(index: number): Chunk<T> | undefined {
    return this.list[index]
  }
  /** Newer rows of a page; those behind it keep their places. */
  replace(index: number, rows: T[], at: string): void {
    const old = this.list[index]
    if (!old) return
    this.list[index] = { ...old, rows: rows.slice(0, Math.max(old.rows.length, index === this.list.length - 1 ? rows.length : 0)), at }
    if (index < this.list.length - 1 && this.list[index]!.rows.length < old.rows.length)
      this.list[index] = { ...this.list[index]!, rows: [...this.list[index]!.rows, ...old.rows.slice(this.list[index]!.rows.length)] }
  }
}
