import { useEffect, useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { complain } from '../../shared/ui/toast'
import { instant } from '../core/figures'
import { maskText, maskValue } from '../core/mask'
import { useCommands } from '../keyboard'
import { api } from '../state'
import type { AuditRow } from '../types'
import { ActorLink, Gate, PageHead } from '../ui/parts'

interface Page {
  items: AuditRow[]
  next: string | null
}

/** What is on record of one action, in one line. */
function said(detail: unknown): string {
  if (detail === null || detail === undefined || detail === '') return ''
  if (typeof detail === 'string') return maskText(detail)
  if (typeof detail !== 'object') return String(detail)
  // A reason is what an operator typed for others to read.
  return Object.entries(detail).map(([key, value]) => `${key}: ${key === 'reason' && typeof value === 'string' ? maskText(value) : typeof value === 'object' ? JSON.stringify(maskValue(value, key)) : String(maskValue(value, key))}`).join(', ')
}

const grave = /stop|restart|drain|delete|erase|refus|denied/i

const columns: Column<AuditRow>[] = [
  { key: 'at', title: 'When', cell: (a) => <time dateTime={a.at} title={moment(a.at)}>{new Date(a.at).toISOString().slice(0, 10)} {instant(a.at).slice(0, 8)}</time> },
  { key: 'who', title: 'Who', cell: (a) => <code>{maskText(a.who)}</code> },
  { key: 'action', title: 'Action', cell: (a) => <Badge tone={grave.test(a.action) ? 'warn' : 'neutral'}>{a.action}</Badge> },
  { key: 'target', title: 'Target', cell: (a) => (a.target.startsWith('/') ? <ActorLink path={a.target} most={48} /> : <code>{maskText(a.target)}</code>) },
  { key: 'detail', title: 'Detail', cell: (a) => said(a.detail) },
  { key: 'ip', title: 'From', cell: (a) => a.ip ?? <span class="muted">–</span> },
]

/** Who did what: kept by the server before it acts. */
export function AuditPage() {
  const [typed, setTyped] = useState({ actor: '', action: '' })
  const [asked, setAsked] = useState(typed)
  const [more, setMore] = useState<Page | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(typed), 300)
    return () => clearTimeout(timer)
  }, [typed])
  const query = `limit=100${asked.actor.trim() ? `&actor=${encodeURIComponent(asked.actor.trim())}` : ''}${asked.action.trim() ? `&action=${encodeURIComponent(asked.action.trim())}` : ''}`
  const list = useLoad((signal) => {
    setMore(null)
    return api.get<Page>(`/admin/audit?${query}`, { signal })
  }, [query])
  useCommands({ refresh: list.reload })
  const next = more ? more.next : list.value?.next
  const further = () => api.get<Page>(`/admin/audit?${query}&cursor=${encodeURIComponent(next ?? '')}`).then((page) => setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next }), complain)
  return (
    <>
      <PageHead title="Audit" tools={<Button size="small" icon="refresh" onClick={list.reload}>Ask again</Button>}>Who did what to which part, written down before it was done.</PageHead>
      <form class="filters" role="search" aria-label="Filter the audit log" onSubmit={(event) => event.preventDefault()}>
        <div class="filter"><label for="audit-actor">Who</label><input id="audit-actor" type="search" data-search="" value={typed.actor} placeholder="id" autocomplete="off" onInput={(event) => setTyped({ ...typed, actor: event.currentTarget.value })} /></div>
        <div class="filter"><label for="audit-action">Action</label><input id="audit-action" type="search" value={typed.action} autocomplete="off" onInput={(event) => setTyped({ ...typed, action: event.currentTarget.value })} /></div>
      </form>
      <Gate of={list} what="The audit log" lines={8}>
        {({ items }) => (
          <>
            <Table quiet caption="Audit log" columns={columns} rows={[...items, ...(more?.items ?? [])]} id={(a) => String(a.id)} empty="Nothing is on record." />
            {next && <p class="row spaced"><Button onClick={() => void further()}>Show more</Button></p>}
          </>
        )}
      </Gate>
    </>
  )
}
