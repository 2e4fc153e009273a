import { Table, type Column } from '../../shared/ui/table'
import { perSecond, short } from '../core/figures'
import { live } from '../live'
import { here } from '../state'
import type { KindFigures } from '../types'
import { Share } from '../ui/parts'

/** Time in handlers as a share of one processor core. */
const cores = (us_per_s: number | null) => (us_per_s === null ? '–' : `${perSecond(us_per_s / 10_000)} %`)

const columns = (top: number): Column<KindFigures>[] => [
  { key: 'kind', title: 'Kind', cell: (k) => k.kind, sort: (k) => k.kind },
  { key: 'actors', title: 'Actors', figure: true, cell: (k) => short(k.actors), sort: (k) => k.actors },
  { key: 'mailbox', title: 'In mailboxes', figure: true, cell: (k) => short(k.mailbox), sort: (k) => k.mailbox },
  { key: 'rate', title: 'Messages /s', figure: true, cell: (k) => perSecond(k.rate), sort: (k) => k.rate ?? -1 },
  { key: 'busy', title: 'Of one core', figure: true, cell: (k) => <span class="shared"><Share value={k.busy_us_per_s ?? 0} of={top} /><b>{cores(k.busy_us_per_s)}</b></span>, sort: (k) => k.busy_us_per_s ?? -1 },
]

/** What each kind of actor does, as the stream tells it. */
export function ActorKinds() {
  const { kinds } = live.value
  const open = (k: KindFigures) => (location.hash = here({ view: null, kind: k.kind }))
  return <Table quiet caption="Kinds of actors" columns={columns(Math.max(...kinds.map((k) => k.busy_us_per_s ?? 0), 1))} rows={kinds} id={(k) => k.kind} sorted="-busy" open={open} empty="Nothing has been heard yet." />
}
