import { useState } from 'preact/hooks'
import { useLoad } from '../../shared/load'
import { Badge } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { found, valueOf, type Setting } from '../core/settings'
import { useCommands } from '../keyboard'
import { api } from '../state'
import { Choice, Gate, PageHead } from '../ui/parts'

function Value({ of }: { of: Setting }) {
  if (of.secret) return <span class="muted">{of.value === null ? 'not set' : 'is set, not shown'}</span>
  const text = valueOf(of)
  return text ? <code class="value">{text}</code> : <span class="muted">empty</span>
}

const columns: Column<Setting>[] = [
  { key: 'key', title: 'Setting', cell: (s) => <code>{s.key}</code>, sort: (s) => s.key },
  { key: 'value', title: 'Value', cell: (s) => <Value of={s} /> },
  { key: 'source', title: 'Set by', cell: (s) => (s.source === 'default' ? <span class="muted">nobody</span> : <Badge tone="accent">{s.source}</Badge>), sort: (s) => s.source },
  { key: 'meaning', title: 'Meaning', cell: (s) => <span class="muted">{s.meaning}</span> },
]

/** The settings that are in effect; secrets are never shown. */
export function SettingsPage() {
  const [text, setText] = useState('')
  const [which, setWhich] = useState<'all' | 'set'>('all')
  const config = useLoad((signal) => api.get<{ items: Setting[] }>('/admin/config', { signal }))
  useCommands({ refresh: config.reload })
  return (
    <>
      <PageHead title="Settings">What this server runs with: its file, and the environment on top.</PageHead>
      <form class="filters" role="search" aria-label="Find a setting" onSubmit={(event) => event.preventDefault()}>
        <div class="filter"><label for="setting">Search</label><input id="setting" type="search" data-search="" value={text} placeholder="seconds" autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} /></div>
        <Choice label="Which settings" options={[['all', 'All'], ['set', 'Set by somebody']]} value={which} pick={setWhich} />
      </form>
      <Gate of={config} what="The settings" lines={8}>
        {({ items }) => <Table quiet caption="Settings" columns={columns} rows={found(items, text).filter((s) => which === 'all' || s.source !== 'default')} id={(s) => s.key} empty="No setting is like that." />}
      </Gate>
    </>
  )
}
