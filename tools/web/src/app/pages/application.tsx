import { useEffect, useState } from 'preact/hooks'
import { clock, moment, words } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { href } from '../../shared/router'
import { Await, Badge, Button, Note, Problem } from '../../shared/ui/basic'
import { confirmed } from '../../shared/ui/dialog'
import { Field } from '../../shared/ui/form'
import { Icon } from '../../shared/ui/icon'
import { complain, say } from '../../shared/ui/toast'
import { agreed, api } from '../state'
import type { ApplicationEvent, ApplicationView, FormAnswer, Kit, Run, Status } from '../types'
import { StatusBadge } from './applications'
import { Document } from './document'

const moving: Status[] = ['approved', 'queued', 'submitting', 'unknown']
const stepNames: Record<string, string> = {
  analyze_job: 'Read the posting', optimize_resume: 'Fit the résumé', generate_cover_letter: 'Write the letter', finalize: 'Make the documents',
}

function Steps({ kit }: { kit: Kit }) {
  return (
    <ol class="steps" aria-label="Steps">
      {kit.steps.map((step) => (
        <li key={step.name} class={step.status}>
          <span class="step-mark" aria-hidden="true">{step.status === 'done' ? <Icon name="check" size={14} /> : step.status === 'running' ? <span class="spinner" /> : step.status === 'failed' ? <Icon name="close" size={14} /> : null}</span>
          <span>{stepNames[step.name] ?? words(step.name)}</span>
          <span class="visually-hidden">: {step.status}</span>
        </li>
      ))}
    </ol>
  )
}

function Documents({ view, changed }: { view: ApplicationView; changed: () => void }) {
  const kit = useLoad(() => api.find<Kit>(`/applications/${view.id}/kit`))
  const [busy, setBusy] = useState(false)
  const running = busy || kit.value?.status === 'running'
  useEvery(kit.refresh, 600, running)
  useEffect(() => {
    if (kit.value?.status === 'done') changed()
  }, [kit.value?.status])
  const make = async () => {
    try {
      if (!(await agreed('ai_chat'))) return
      setBusy(true)
      await api.run(`/applications/${view.id}/kit`, {})
      say('The documents are ready for your review.')
    } catch (error) {
      complain(error)
    }
    setBusy(false)
    kit.reload()
    changed()
  }
  const early = view.status === 'draft'
  return (
    <section class="card">
      <h3>Documents</h3>
      <Await of={kit}>
        {(value) => (
          <div class="stack">
            {value && (running || value.status === 'failed') && <Steps kit={value} />}
            {value && value.documents.length > 0 && <ul class="documents">{value.documents.map((d) => <Document key={d.kind} document={d} view={view} changed={() => { kit.reload(); changed() }} />)}</ul>}
            {!value && early && <p class="muted">A résumé and a letter are written for this post, out of your profile alone: nothing is invented.</p>}
            {early && (
              <div class="row">
                <Button look={value ? 'soft' : 'primary'} icon={value ? 'refresh' : 'spark'} busy={running} onClick={() => void make()}>
                  {running ? 'Preparing…' : value ? 'Prepare again' : 'Prepare the documents'}
                </Button>
              </div>
            )}
            {!value && !early && <p class="muted">None were prepared; your profile was what went along.</p>}
          </div>
        )}
      </Await>
    </section>
  )
}

/** The yes to exactly these documents and answers. */
function Approval({ view, changed }: { view: ApplicationView; changed: () => void }) {
  const { submission } = view
  const [answers, setAnswers] = useState<FormAnswer[]>(submission.answers)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const edit = (at: number, change: Partial<FormAnswer>) => setAnswers(answers.map((a, i) => (i === at ? { ...a, ...change } : a)))
  const own = submission.documents.filter((d) => d.from === 'application').length
  const approve = async () => {
    const what = own ? 'the documents shown above' : 'a résumé made from your profile'
    if (!(await confirmed('Send this application?', <p>{view.company} gets your contact data, {what}{answers.length ? ' and your answers' : ''}. It is sent once and cannot be taken back.</p>, 'Approve and send'))) return
    setBusy(true)
    setError(undefined)
    try {
      await api.post(`/applications/${view.id}/approve`, { documents_digest: submission.documents_digest, answers: answers.filter((a) => a.question.trim()) })
      say('Approved. It is on its way.')
    } catch (thrown) {
      setError(thrown)
    }
    setBusy(false)
    changed()
  }
  return (
    <section class="card">
      <h3>Your yes</h3>
      {submission.missing && <Note tone="warn" icon="alert">{submission.missing}</Note>}
      <p class="muted">Nothing is sent before you approve it. If anything changes afterwards, you are asked again.</p>
      {answers.map((a, i) => (
        <fieldset key={i} class="answer">
          <legend class="visually-hidden">Answer {i + 1}</legend>
          <Field label="The form asks" value={a.question} placeholder="Start date" onInput={(e) => edit(i, { question: e.currentTarget.value })} />
          <Field label="You answer" value={a.answer} onInput={(e) => edit(i, { answer: e.currentTarget.value })} />
          <Button look="plain" icon="trash" aria-label={`Remove answer ${i + 1}`} onClick={() => setAnswers(answers.filter((_, n) => n !== i))} />
        </fieldset>
      ))}
      {error !== undefined && <Problem error={error} />}
      <div class="row">
        <Button look={own ? 'primary' : 'soft'} icon="send" busy={busy} onClick={() => void approve()}>Approve and send</Button>
        <Button look="plain" icon="plus" onClick={() => setAnswers([...answers, { question: '', answer: '' }])}>Add an answer for the form</Button>
      </div>
    </section>
  )
}

function Timeline({ events, live }: { events: ApplicationEvent[]; live: boolean }) {
  return (
    <section class="card">
      <h3>Timeline {live && <Badge tone="accent"><span class="pulse" aria-hidden="true" />Live</Badge>}</h3>
      <div role="log" aria-label="Timeline" aria-live="polite">
      <ol class="timeline">
        {events.map((event) => (
          <li key={event.seq} class={event.status}>
            <div>
              <strong>{words(event.status)}</strong>
              <p>{event.detail}</p>
            </div>
            <time dateTime={event.at} title={moment(event.at)}>{clock(event.at)}</time>
          </li>
        ))}
      </ol>
      </div>
    </section>
  )
}

function Evidence({ runs }: { runs: Run[] }) {
  const links = (run: Run): [string, string][] => {
    const all: [string, string][] = [['Recording', run.recording_url], ...run.screenshot_urls.map((url, i): [string, string] => [`Screenshot ${i + 1}`, url]), ['The run', run.app_url]]
    return all.filter(([, url]) => /^https?:/.test(url))
  }
  if (!runs.some((run) => links(run).length)) return null
  return (
    <section class="card">
      <h3>Evidence</h3>
      {runs.map((run) => (
        <div key={run.run_id} class="row">
          <Badge tone={run.state === 'completed' ? 'good' : 'neutral'}>{words(run.state)}</Badge>
          {run.step_count !== null && <span class="muted small">{run.step_count} steps</span>}
          {links(run).map(([title, url]) => <a key={url} href={url} target="_blank" rel="noopener noreferrer">{title}</a>)}
          {run.failure_reason && <p class="muted">{run.failure_reason}</p>}
        </div>
      ))}
    </section>
  )
}

function Actions({ view, changed }: { view: ApplicationView; changed: () => void }) {
  const act = (what: 'cancel' | 'retry') => () => void api.post(`/applications/${view.id}/${what}`).catch(complain).finally(changed)
  const cancel = async () => {
    if (await confirmed('Withdraw this application?', <p>What has not been sent is not sent any more.</p>, 'Withdraw', true)) act('cancel')()
  }
  const open = ['draft', 'approved', 'queued', 'submitting', 'needs_input', 'failed', 'unknown'].includes(view.status)
  return (
    <div class="row">
      {view.url && <a class="button soft small" href={view.url} target="_blank" rel="noopener noreferrer">Posting<Icon name="external" size={14} /></a>}
      {view.submission.retryable && <Button size="small" icon="refresh" onClick={act('retry')}>Try again</Button>}
      {open && <Button size="small" look="plain" icon="close" onClick={() => void cancel()}>Withdraw</Button>}
    </div>
  )
}

interface Everything {
  view: ApplicationView
  events: ApplicationEvent[]
}

async function read(id: string): Promise<Everything> {
  const [view, events] = await Promise.all([
    api.get<ApplicationView>(`/applications/${id}`),
    api.get<{ items: ApplicationEvent[] }>(`/applications/${id}/events`),
  ])
  return { view, events: events.items }
}

export function ApplicationDetail({ id }: { id: string }) {
  const all = useLoad(() => read(id))
  const live = !!all.value && moving.includes(all.value.view.status)
  useEvery(all.refresh, live ? 700 : 4000, all.value !== undefined)
  return (
    <article class="stack detail" aria-label="Application">
      <a class="back" href={href('applications')}>All applications</a>
      <Await of={all} lines={7}>
        {({ view, events }) => (
          <>
            <header class="detail-head">
              <div>
                <h2>{view.job_title}</h2>
                <p class="muted">{view.company}</p>
              </div>
              <span role="status"><StatusBadge status={view.status} /></span>
            </header>
            <Actions view={view} changed={all.reload} />
            {view.submission.instructions && <Note tone="warn" icon="alert">{view.submission.instructions}</Note>}
            <Documents view={view} changed={all.reload} />
            {(view.status === 'draft' || view.status === 'needs_input') && <Approval key={view.submission.documents_digest} view={view} changed={all.reload} />}
            <Timeline events={events} live={live} />
            <Evidence runs={view.submission.runs} />
          </>
        )}
      </Await>
    </article>
  )
}
