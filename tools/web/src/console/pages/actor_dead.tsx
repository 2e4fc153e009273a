import { useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { Table, type Column } from '../../shared/ui/table'
import { durationMs, past, short } from '../core/figures'
import { maskText } from '../core/mask'
import { following } from '../live'
import { useCommands } from '../keyboard'
import { api } from '../state'
import type { DeadActor } from '../types'
import { Choice, Gate, Panel, Path } from '../ui/parts'
import { Ring } from './actor_detail'

const id = (dead: DeadActor) => `${dead.path} ${dead.died_at}`

const columns: Column<DeadActor>[] = [
  { key: 'path', title: 'Path', cell: (d) => <Path path={d.path} most={60} />, sort: (d) => d.path },
  { key: 'kind', title: 'Kind', cell: (d) => d.kind, sort: (d) => d.kind },
  { key: 'how', title: 'How', cell: (d) => <Badge tone={d.crashed ? 'bad' : 'neutral'}>{d.crashed ? 'crashed' : 'ended'}</Badge>, sort: (d) => Number(d.crashed) },
  { key: 'reason', title: 'Reason', cell: (d) => maskText(d.reason) },
  { key: 'died', title: 'Died', figure: true, cell: (d) => <time dateTime={d.died_at} title={moment(d.died_at)}>{past(d.died_at)}</time>, sort: (d) => Date.parse(d.died_at) },
  { key: 'lived', title: 'Lived', figure: true, cell: (d) => durationMs(Date.parse(d.died_at) - Date.parse(d.born_at)), sort: (d) => Date.parse(d.died_at) - Date.parse(d.born_at) },
  { key: 'messages', title: 'Messages', figure: true, cell: (d) => short(d.messages), sort: (d) => d.messages },
  { key: 'failures', title: 'Failures', figure: true, cell: (d) => short(d.failures), sort: (d) => d.failures },
]

/** Those that have ended of late: why, and what they did last. */
export function DeadActors() {
  const [which, setWhich] = useState<'all' | 'crashed'>('all')
  const [open, setOpen] = useState<DeadActor | null>(null)
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  const dead = useLoad((signal) => api.get<{ items: DeadActor[] }>(`/admin/actors/dead?limit=500${which === 'crashed' ? '&crashed=true' : ''}`, { signal }), [which])
  useEvery(() => dead.reload(), 5000, following.value && !dead.busy)
  useCommands({
    refresh: dead.reload,
    leave: () => {
      if (!open) return false
      setOpen(null)
      return true
    },
  })
  return (
    <>
      <div class="row spaced">
        <Choice label="Which" options={[['all', 'All'], ['crashed', 'Crashed']]} value={which} pick={setWhich} />
        <div class="filter inline">
          <label for="dead-search">Search</label>
          <input id="dead-search" type="search" data-search="" value={text} placeholder="path, kind or reason" autocomplete="off" onInput={(event) => setText(event.currentTarget.value)} />
        </div>
      </div>
      {open && (
        <Panel title="Last messages" note={open.path} tools={<Button look="plain" size="small" icon="close" aria-label="Close the last messages" onClick={() => setOpen(null)} />}>
          <p>{open.crashed ? 'It crashed' : 'It ended'}: {maskText(open.reason)}</p>
          <Ring messages={open.last_messages} none={open.crashed ? 'None is remembered.' : 'Last messages are kept of crashed actors only.'} />
        </Panel>
      )}
      <Gate of={dead} what="Actors that have ended" lines={6}>
        {({ items }) => <Table quiet caption="Actors that have ended" columns={columns} rows={wanted ? items.filter((d) => `${d.path} ${d.kind} ${d.reason}`.toLowerCase().includes(wanted)) : items} id={id} sorted="-died" open={setOpen} selected={open ? id(open) : undefined} empty={wanted ? 'None is like that.' : which === 'crashed' ? 'None has crashed.' : 'None has ended yet.'} />}
      </Gate>
    </>
  )
}
