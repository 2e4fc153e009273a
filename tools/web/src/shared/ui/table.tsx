import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { Icon } from './icon'

export interface Column<Row> {
  key: string
  title: string
  /** What is shown. */
  cell: (row: Row) => ComponentChildren
  /** What the rows are sorted by; without it the column cannot be sorted. */
  sort?: (row: Row) => number | string
  /** Figures stand at the right. */
  figure?: boolean
}

interface Props<Row> {
  /** Says what the table holds; read out, and shown unless `quiet`. */
  caption: string
  quiet?: boolean
  columns: Column<Row>[]
  rows: Row[]
  id: (row: Row) => string
  empty?: ComponentChildren
  /** The column sorted by at first; a minus before it: descending. */
  sorted?: string
  /** When the caller sorts (on the server): told what is asked for. */
  onSort?: (key: string, descending: boolean) => void
  /** Opens a row. The first cell becomes a button, so that the keyboard can, too. */
  open?: (row: Row) => void
  selected?: string
}

/** A table that scrolls by itself when it is too wide, with columns that can be sorted. */
export function Table<Row>({ caption, quiet = false, columns, rows, id, empty, sorted = '', onSort, open, selected }: Props<Row>) {
  const [order, setOrder] = useState({ key: sorted.replace(/^-/, ''), down: sorted.startsWith('-') })
  const shown = useMemo(() => {
    const by = columns.find((c) => c.key === order.key)?.sort
    if (!by || onSort) return rows
    const compare = (a: Row, b: Row) => {
      const x = by(a)
      const y = by(b)
      return typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y))
    }
    return [...rows].sort((a, b) => (order.down ? compare(b, a) : compare(a, b)))
  }, [rows, order, columns, onSort])
  const sort = (column: Column<Row>) => {
    const next = { key: column.key, down: order.key === column.key ? !order.down : !!column.figure }
    setOrder(next)
    onSort?.(next.key, next.down)
  }
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class={quiet ? 'visually-hidden' : ''}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const on = order.key === column.key
              return (
                <th key={column.key} scope="col" class={column.figure ? 'figure' : ''} aria-sort={on && column.sort ? (order.down ? 'descending' : 'ascending') : undefined}>
                  {column.sort ? (
                    <button type="button" class={`sort ${on ? (order.down ? 'down' : 'up') : ''}`} onClick={() => sort(column)}>
                      {column.title}
                      <Icon name="chevron" size={14} />
                    </button>
                  ) : column.title}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={id(row)} class={selected === id(row) ? 'selected' : ''} onClick={open && (() => open(row))}>
              {columns.map((column, i) => (
                <td key={column.key} class={column.figure ? 'figure' : ''}>
                  {i === 0 && open ? <button type="button" class="row-button" onClick={(e) => { e.stopPropagation(); open(row) }}>{column.cell(row)}</button> : column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length === 0 && <div class="table-empty">{empty ?? 'Nothing here.'}</div>}
    </div>
  )
}
