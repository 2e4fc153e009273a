import { useState } from 'preact/hooks'
import { moment, words } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { Form, TextArea } from '../../shared/ui/form'
import { Empty } from '../../shared/ui/basic'
import { complain, say } from '../../shared/ui/toast'
import { past } from '../core/figures'
import { maskText } from '../core/mask'
import { useCommands } from '../keyboard'
import { api } from '../state'
import type { Report } from '../types'
import { Choice, Gate, PageHead } from '../ui/parts'

type Which = Report['state'] | 'all'
const choices: [Which, string][] = [['open', 'Open'], ['upheld', 'Upheld'], ['dismissed', 'Dismissed'], ['all', 'All']]

function Decide({ report, done }: { report: Report; done: () => void }) {
  const [decision, setDecision] = useState<'upheld' | 'dismissed'>('upheld')
  const send = async (data: FormData) => {
    const note = String(data.get('note')).trim()
    await api.post(`/admin/reports/${report.id}/decide`, { decision, ...(note ? { note } : {}) })
    say(decision === 'upheld' ? 'The report is upheld.' : 'The report is dismissed.')
    done()
  }
  return (
    <Form send={send} label="Decide">
      {({ busy, error }) => (
        <>
          <TextArea label="Note" name="note" rows={2} maxLength={2000} hint="For who comes after you." error={error?.field('note')} />
          <div class="row">
            <Button type="submit" look="primary" busy={busy && decision === 'upheld'} onClick={() => setDecision('upheld')}>Uphold</Button>
            <Button type="submit" busy={busy && decision === 'dismissed'} onClick={() => setDecision('dismissed')}>Dismiss</Button>
          </div>
        </>
      )}
    </Form>
  )
}

function Item({ report, done }: { report: Report; done: () => void }) {
  return (
    <article class="panel report" aria-label={`Report: ${report.reason}`}>
      <header>
        <Badge tone={report.state === 'open' ? 'warn' : report.state === 'upheld' ? 'bad' : 'neutral'}>{report.state}</Badge>
        <h2 data-row="" tabIndex={-1}>{words(report.reason)}</h2>
        <time class="muted small" dateTime={report.created_at} title={moment(report.created_at)}>{past(report.created_at)}</time>
        <span class="muted small panel-tools">conversation <code>{report.conversation_id.slice(0, 8)}</code></span>
      </header>
      {report.comment && <p><b>The report says:</b> {maskText(report.comment)}</p>}
      <dl class="said">
        {report.question && <div><dt>Asked</dt><dd>{maskText(report.question)}</dd></div>}
        <div><dt>Answered</dt><dd>{maskText(report.message)}</dd></div>
      </dl>
      {report.state === 'open' ? <Decide report={report} done={done} /> : <p class="muted">{words(report.state)} {report.reviewed_at ? moment(report.reviewed_at) : ''}{report.note ? `: ${maskText(report.note)}` : ''}</p>}
    </article>
  )
}

/** Answers that people have reported, until somebody has decided. */
export function ReportsPage() {
  const [which, setWhich] = useState<Which>('open')
  const [more, setMore] = useState<{ items: Report[]; next: string | null } | null>(null)
  const query = `limit=20${which === 'all' ? '' : `&state=${which}`}`
  const list = useLoad((signal) => api.get<{ items: Report[]; next: string | null }>(`/admin/reports?${query}`, { signal }), [which])
  const reload = () => {
    setMore(null)
    list.reload()
  }
  useCommands({ refresh: reload })
  const next = more ? more.next : list.value?.next
  const further = () =>
    api.get<{ items: Report[]; next: string | null }>(`/admin/reports?${query}&cursor=${encodeURIComponent(next ?? '')}`).then(
      (page) => setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next }), complain)
  return (
    <>
      <PageHead title="Reports" tools={<Choice label="Which reports" options={choices} value={which} pick={(w) => { setMore(null); setWhich(w) }} />}>
        Answers that people found biased, unfair, wrong or harmful. Addresses and numbers are covered.
      </PageHead>
      <Gate of={list} what="Reports" lines={6}>
        {({ items }) => (items.length ? (
          <div class="stack">
            {[...items, ...(more?.items ?? [])].map((report) => <Item key={`${report.id} ${report.state}`} report={report} done={reload} />)}
            {next && <Button onClick={() => void further()}>Show more</Button>}
          </div>
        ) : <Empty icon="check" title={which === 'open' ? 'Nothing waits for a decision' : 'None'}><p>{which === 'open' ? 'Reported answers appear here.' : 'No report is in this state.'}</p></Empty>)}
      </Gate>
    </>
  )
}
