import { useState } from 'preact/hooks'
import { useLoad } from '../../shared/load'
import { Table, type Column } from '../../shared/ui/table'
import { flat, type Setting } from '../core/settings'
import { useCommands } from '../keyboard'
import { api } from '../state'
import { Gate, PageHead } from '../ui/parts'

const columns: Column<Setting>[] = [
  { key: 'key', title: 'Setting', cell: (s) => <code>{s.key}</code>, sort: (s) => s.key },
  { key: 'value', title: 'Value', cell: (s) => (s.masked ? <span class="muted">is set, not shown</span> : <code>{s.value}</code>) },
]

/** The settings that are in effect; secrets are never shown. */
export function SettingsPage() {
  const [text, setText] = useState('')
  const config = useLoad((signal) => api.get<unknown>('/admin/config', { signal }))
  useCommands({ refresh: config.reload })
  return (
    <>
      <PageHead title="Settings">What this server runs with: its file, and the environment on top.</PageHead>
      <form class="filters" role="search" aria-label="Find a setting" onSubmit={(event) => event.preventDefault()}>
        <div class="filter"><label for="setting">Search</label><input id="setting" type="search" data-search="" value={text} placeholder="pool" onInput={(event) => setText(event.currentTarget.value)} /></div>
      </form>
      <Gate of={config} what="The settings" lines={8}>
        {(value) => <Table quiet caption="Settings" columns={columns} rows={flat(value).filter((s) => s.key.includes(text.trim().toLowerCase()))} id={(s) => s.key} sorted="key" empty="No setting is named so." />}
      </Gate>
    </>
  )
}
