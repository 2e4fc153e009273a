import { useEffect, useRef, useState } from 'preact/hooks'
import { useEvery } from '../../shared/load'
import { Problem, Skeleton } from '../../shared/ui/basic'
import { short } from '../core/figures'
import { flatten, type Branch } from '../core/tree'
import { useCommands } from '../keyboard'
import { following } from '../live'
import { api, isMissing } from '../state'
import type { TreeNode } from '../types'
import { Unavailable } from '../ui/parts'

const refresh_ms = 3000
/** More than these below one node are seen in the table. */
const children_most = 200
const heads = ['Path', 'Actors', 'Running', 'Mailbox', 'Messages', 'Failures', 'Restarts'] as const
const figures: (keyof TreeNode)[] = ['actors', 'running', 'mailbox', 'messages', 'failures', 'restarts']

/** The tree, branch by branch as it is opened; what is open is asked for again every few seconds. */
function useTree(root: string) {
  const [branches, setBranches] = useState<ReadonlyMap<string, Branch>>(new Map())
  const [error, setError] = useState<unknown>(undefined)
  const alive = useRef(true)
  const read = async (path: string) => {
    try {
      const answer = await api.get<{ children: TreeNode[]; total?: number }>(`/admin/actors/tree?path=${encodeURIComponent(path)}`)
      if (!alive.current) return
      setError(undefined)
      setBranches((all) => new Map(all).set(path, { children: answer.children.slice(0, children_most), left_out: Math.max(0, (answer.total ?? answer.children.length) - children_most) }))
    } catch (thrown) {
      if (alive.current) setError(thrown)
    }
  }
  useEffect(() => {
    alive.current = true
    setBranches(new Map())
    void read(root)
    return () => void (alive.current = false)
  }, [root])
  const close = (path: string) => setBranches((all) => new Map([...all].filter(([at]) => at !== path && !at.startsWith(path + '/'))))
  const refresh = () => Promise.all([...branches.keys()].map(read))
  useEvery(refresh, refresh_ms, following.value)
  return { branches, error, open: read, close, refresh }
}

export function ActorTree({ root, show, browse }: { root: string; show: (path: string) => void; browse: (path: string) => void }) {
  const { branches, error, open, close, refresh } = useTree(root)
  const [at, setAt] = useState(0)
  const body = useRef<HTMLTableSectionElement>(null)
  const rows = flatten(root, branches)
  const focus = (index: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, index))
    setAt(next)
    body.current?.querySelectorAll<HTMLElement>('tr')[next]?.focus()
  }
  useCommands({ move: (by) => focus(document.activeElement?.closest('tbody') === body.current ? at + by : at), refresh: () => void refresh() })
  const keys = (event: KeyboardEvent) => {
    const row = rows[at]
    if (!row || (event.target as Element).tagName !== 'TR') return
    const act: Record<string, () => void> = {
      ArrowDown: () => focus(at + 1),
      ArrowUp: () => focus(at - 1),
      Home: () => focus(0),
      End: () => focus(rows.length - 1),
      ArrowRight: () => (row.open ? focus(at + 1) : !row.node.leaf && void open(row.node.path)),
      ArrowLeft: () => (row.open ? close(row.node.path) : focus(rows.slice(0, at).reduce((best, r, i) => (r.level < row.level ? i : best), at))),
      Enter: () => pick(row.node),
    }
    const found = act[event.key]
    if (!found) return
    event.preventDefault()
    found()
  }
  // What has others below it is opened first; the table shows it by itself.
  const pick = (node: TreeNode) => {
    if (node.leaf) show(node.path)
    else if (branches.has(node.path)) close(node.path)
    else void open(node.path)
  }
  if (isMissing(error)) return <Unavailable what="The tree of actors" />
  return (
    <div class="table-box tree" tabIndex={-1}>
      {error !== undefined && <Problem error={error} retry={() => void open(root)} />}
      {!branches.size && error === undefined && <Skeleton lines={6} />}
      <table role="treegrid" aria-label={`Actors below ${root}`} onKeyDown={keys}>
        <thead><tr>{heads.map((title, i) => <th key={title} scope="col" class={i ? 'figure' : ''}>{title}</th>)}</tr></thead>
        <tbody ref={body}>
          {rows.map((row, index) => (
            <tr
              key={row.node.path} aria-level={row.level} aria-expanded={row.node.leaf ? undefined : row.open} tabIndex={index === at ? 0 : -1}
              onFocus={() => setAt(index)} onClick={() => pick(row.node)}
            >
              <td>
                <span class="indent" style={{ width: `${(row.level - 1) * 1.2}rem` }} />
                {row.node.leaf ? <span class="twist none" /> : <button type="button" class={`twist ${row.open ? 'open' : ''}`} tabIndex={-1} aria-label={`${row.open ? 'Close' : 'Open'} ${row.node.name}`} onClick={(e) => { e.stopPropagation(); setAt(index); if (row.open) close(row.node.path); else void open(row.node.path) }}>▸</button>}
                <code>{row.node.name}</code> {row.node.leaf && row.node.kind && <span class="muted">{row.node.kind}</span>}
                {row.left_out > 0 && <button type="button" class="link small" onClick={(e) => { e.stopPropagation(); browse(row.node.path) }}>{short(row.left_out)} more: see them in the table</button>}
              </td>
              {figures.map((key) => <td key={key} class={`figure ${(key === 'failures' || key === 'restarts') ? (row.node[key] ? 'hot' : 'nil') : ''}`}>{short(row.node[key] as number)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
