import { useState } from 'preact/hooks'
import { moment } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { confirmed, Dialog } from '../../shared/ui/dialog'
import { Table, type Column } from '../../shared/ui/table'
import { complain, say } from '../../shared/ui/toast'
import { durationS, past, short } from '../core/figures'
import { maskJson, maskText } from '../core/mask'
import { traceIdIn } from '../core/waterfall'
import { useCommands } from '../keyboard'
import { api, sample } from '../state'
import type { DeadLetter, EventsData } from '../types'
import { Gate, PageHead, Panel, Tile, Tiles, TraceLink } from '../ui/parts'

type Consumer = EventsData['consumers'][number]

const consumer_columns: Column<Consumer>[] = [
  { key: 'name', title: 'Consumer', cell: (c) => <code>{c.name}</code>, sort: (c) => c.name },
  { key: 'topics', title: 'Hears', cell: (c) => c.topics.map((t) => <code key={t} class="topic">{t}</code>) },
  { key: 'lag', title: 'Lag', figure: true, cell: (c) => (c.lag === null ? <span class="muted">–</span> : short(c.lag)), sort: (c) => c.lag ?? -1 },
  { key: 'waiting', title: 'Waiting', figure: true, cell: (c) => short(c.waiting), sort: (c) => c.waiting },
  { key: 'handled', title: 'Handled', figure: true, cell: (c) => short(c.handled), sort: (c) => c.handled },
  { key: 'repeated', title: 'Repeated', figure: true, cell: (c) => short(c.repeated), sort: (c) => c.repeated },
  { key: 'failures', title: 'Failed tries', figure: true, cell: (c) => <span class={c.failures ? 'hot' : 'nil'}>{short(c.failures)}</span>, sort: (c) => c.failures },
  { key: 'dead', title: 'Set aside', figure: true, cell: (c) => <span class={c.dead ? 'hot' : 'nil'}>{short(c.dead)}</span>, sort: (c) => c.dead },
]

const letter_columns: Column<DeadLetter>[] = [
  { key: 'failed', title: 'Failed', cell: (d) => <time dateTime={d.failed_at} title={moment(d.failed_at)}>{past(d.failed_at)}</time>, sort: (d) => -Date.parse(d.failed_at) },
  { key: 'topic', title: 'Topic', cell: (d) => <code>{d.topic}</code>, sort: (d) => d.topic },
  { key: 'consumer', title: 'Consumer', cell: (d) => <code>{d.consumer}</code>, sort: (d) => d.consumer },
  { key: 'reason', title: 'Reason', cell: (d) => maskText(d.reason) },
  { key: 'attempts', title: 'Tries', figure: true, cell: (d) => short(d.attempts), sort: (d) => d.attempts },
  { key: 'state', title: 'State', cell: (d) => (d.replayed_at ? <Badge tone="good">told again</Badge> : <Badge tone="warn">set aside</Badge>), sort: (d) => Number(!d.replayed_at) },
]

function Letter({ letter, close, replay }: { letter: DeadLetter; close: () => void; replay: () => void }) {
  const trace = traceIdIn(letter.traceparent)
  return (
    <Dialog title="An event that was set aside" close={close} wide>
      <dl class="facts">
        <div><dt>Topic</dt><dd><code>{letter.topic}</code></dd></div>
        <div><dt>Type</dt><dd><code>{letter.type}</code></dd></div>
        <div><dt>Consumer</dt><dd><code>{letter.consumer}</code></dd></div>
        <div><dt>Key</dt><dd><code>{letter.key}</code></dd></div>
        <div><dt>Written</dt><dd>{moment(letter.time)}</dd></div>
        <div><dt>Failed</dt><dd>{moment(letter.failed_at)}, after {letter.attempts} tries</dd></div>
        <div><dt>Trace</dt><dd>{trace ? <TraceLink id={trace} /> : 'none'}</dd></div>
        <div><dt>Told again</dt><dd>{letter.replayed_at ? moment(letter.replayed_at) : 'no'}</dd></div>
      </dl>
      <p><b>Reason:</b> {maskText(letter.reason)}</p>
      <pre tabIndex={0} aria-label="Content, what is personal is covered">{maskJson(letter.data)}</pre>
      <footer>
        <Button onClick={close}>Close</Button>
        {!letter.replayed_at && <Button look="primary" icon="refresh" onClick={replay}>Tell it again</Button>}
      </footer>
    </Dialog>
  )
}

/** What waits to be told, who hears it, what was set aside. */
export function EventsPage() {
  const [consumer, setConsumer] = useState('')
  const [older, setOlder] = useState<string[]>([])
  const [open, setOpen] = useState<DeadLetter | null>(null)
  const [follow, setFollow] = useState(true)
  const before = older[older.length - 1]
  const query = `limit=50${consumer ? `&consumer=${encodeURIComponent(consumer)}` : ''}${before ? `&before=${encodeURIComponent(before)}` : ''}`
  const events = useLoad((signal) => api.get<EventsData>(`/admin/events?${query}`, { signal }), [query])
  useEvery(() => events.reload(), 3000, follow && !open && !events.busy)
  useCommands({ refresh: events.reload, live: () => setFollow(!follow) })
  const replay = async (letter: DeadLetter) => {
    setOpen(null)
    if (!(await confirmed('Tell it again?', <p>The event goes into the outbox and to everybody who hears <code>{letter.topic}</code>. Who has handled it already leaves it out.</p>, 'Tell it again'))) return
    try {
      await api.post(`/admin/events/dlq/${letter.id}/replay`, {})
      say('The event is in the outbox again.')
      void sample()
    } catch (error) {
      complain(error)
    }
    events.reload()
  }
  return (
    <>
      <PageHead title="Events" tools={<Button size="small" aria-pressed={!follow} onClick={() => setFollow(!follow)}>{follow ? 'Hold' : 'Go on'}</Button>}>
        What happened is written into the outbox with the change itself, then told to who hears it, at least once.
      </PageHead>
      <Gate of={events} what="Events" lines={8}>
        {({ outbox, consumers, dead_letters, next }) => (
          <>
            <Panel title="Outbox" note={outbox.leading ? `this server tells them, to ${outbox.target}` : 'another server tells them'}>
              <Tiles>
                <Tile name="Waiting" value={short(outbox.waiting)} tone={outbox.oldest_seconds > 30 ? 'warn' : undefined} sub={outbox.waiting ? `the oldest for ${durationS(outbox.oldest_seconds)}` : 'nothing waits'} />
                <Tile name="Being told" value={short(outbox.in_flight)} />
                <Tile name="Told" value={short(outbox.told)} sub="since this server's start" />
                <Tile name="Set aside" value={short(consumers.reduce((sum, c) => sum + c.dead, 0))} sub="since this server's start" />
              </Tiles>
            </Panel>
            <Table caption="Consumers" columns={consumer_columns} rows={consumers} id={(c) => c.name} empty="Nobody on this server hears events." />
            <div class="row spaced">
              <h2>Dead letters</h2>
              <div class="filter inline">
                <label for="dead-consumer">Of</label>
                <select id="dead-consumer" value={consumer} onChange={(event) => { setConsumer(event.currentTarget.value); setOlder([]) }}>
                  <option value="">all consumers</option>
                  {[...new Set([...consumers.map((c) => c.name), consumer].filter(Boolean))].map((name) => <option key={name} value={name}>{name}</option>)}
                </select>
              </div>
            </div>
            <Table quiet caption="Dead letters" columns={letter_columns} rows={dead_letters} id={(d) => d.id} open={setOpen} empty={before ? 'There are no older ones.' : 'No event was set aside.'} />
            <div class="row spaced">
              {older.length > 0 && <Button size="small" onClick={() => setOlder(older.slice(0, -1))}>Newer</Button>}
              {next && <Button size="small" onClick={() => setOlder([...older, next])}>Older</Button>}
            </div>
          </>
        )}
      </Gate>
      {open && <Letter letter={open} close={() => setOpen(null)} replay={() => void replay(open)} />}
    </>
  )
}
