import { useEffect, useRef, useState } from 'preact/hooks'
import { words } from '../../shared/format'
import { Badge, Button, Hidden, Note } from '../../shared/ui/basic'
import { Icon } from '../../shared/ui/icon'
import { complain, say } from '../../shared/ui/toast'
import { again, decide } from '../chat'
import { Rich } from '../rich'
import { api } from '../state'
import { isOver, type Source, type ToolCall, type Turn } from '../transcript'

/** `getJobDetails` as `Get job details`. */
const spoken = (name: string) => words(name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())

function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '')
  return Object.entries(value).map(([key, v]) => `${spoken(key).toLowerCase()} ${typeof v === 'object' ? JSON.stringify(v) : String(v)}`).join(', ')
}

function Tool({ tool }: { tool: ToolCall }) {
  const state = tool.ok === undefined ? 'running' : tool.ok ? 'done' : 'failed'
  return (
    <details class={`tool ${state}`}>
      <summary>
        {state === 'running' ? <span class="spinner" aria-hidden="true" /> : <Icon name={state === 'done' ? 'check' : 'alert'} size={15} />}
        <span>{spoken(tool.name)}</span>
        <Hidden>: {state}</Hidden>
        <span class="muted tool-args">{brief(tool.arguments)}</span>
      </summary>
      <pre tabIndex={0}>{JSON.stringify(tool.result ?? tool.arguments, null, 2)}</pre>
    </details>
  )
}

/** What an answer rests on. Titles of postings and articles; only addresses of the web are links. */
function Sources({ items, turn }: { items: Source[]; turn: string }) {
  if (!items.length) return null
  return (
    <section class="sources" aria-label="Sources">
      <h3>Sources</h3>
      <ol>
        {items.map((source) => (
          <li key={source.id} id={`${turn}-${source.id}`} tabIndex={-1}>
            <span class="source-id">{source.id}</span>
            {source.url && /^https?:/.test(source.url) ? <a href={source.url} target="_blank" rel="noopener noreferrer">{source.title}</a> : <span>{source.title}</span>}
            <Badge>{words(source.kind)}</Badge>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** A function wants to change something: yes or no. */
function Ask({ id, text }: { id: string; text: string }) {
  const [said, setSaid] = useState(false)
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.focus(), [id])
  const answer = (yes: boolean) => {
    setSaid(true)
    decide(id, yes)
  }
  return (
    <section class="ask" ref={box} tabIndex={-1} role="group" aria-label="The assistant asks">
      <p>{text}</p>
      <div class="row">
        <Button look="primary" icon="check" busy={said} onClick={() => answer(true)}>Allow</Button>
        <Button icon="close" disabled={said} onClick={() => answer(false)}>Deny</Button>
      </div>
    </section>
  )
}

const reasons = ['wrong', 'biased', 'unfair', 'harmful'] as const

function Report({ message }: { message: string }) {
  const send = (reason: string) =>
    void api.post(`/messages/${message}/report`, { reason }).then(() => say('Thank you. A person will look at this answer.')).catch(complain)
  return (
    <details class="report">
      <summary>Report</summary>
      <div class="row" role="group" aria-label="What is wrong with this answer?">
        {reasons.map((reason) => <Button key={reason} size="small" onClick={() => send(reason)}>{words(reason)}</Button>)}
      </div>
    </details>
  )
}

const endings: Partial<Record<Turn['state'], string>> = { cancelled: 'Stopped.', failed: 'There is no answer.', interrupted: 'The answer was interrupted.' }

export function TurnView({ turn }: { turn: Turn }) {
  const over = isOver(turn)
  const target = (id: string) => () => document.getElementById(`${turn.id}-${id}`)?.focus()
  const source = (id: string) =>
    turn.sources.some((s) => s.id === id) ? <button type="button" class="cite" aria-label={`Source ${id}`} onClick={target(id)}>{id}</button> : <span class="cite">{id}</span>
  const failed = turn.state === 'failed' || turn.state === 'interrupted'
  return (
    <article class="turn" aria-label={`You asked: ${turn.asked}`}>
      <div class="asked"><p>{turn.asked}</p></div>
      <div class="answer-box">
        {turn.tools.map((tool) => <Tool key={tool.id} tool={tool} />)}
        {/* Said once, when it is whole: a screen reader that reads every piece of it is no help. */}
        <div class={over ? '' : 'growing'} aria-live="polite" aria-busy={!over}>
          {turn.text ? <Rich text={turn.text} source={source} /> : !over && !turn.question && <p class="thinking"><span class="dots" aria-hidden="true"><i /><i /><i /></span><Hidden>The assistant is thinking</Hidden></p>}
        </div>
        {turn.question && <Ask id={turn.question.id} text={turn.question.text} />}
        <Sources items={turn.sources} turn={turn.id} />
        {(endings[turn.state] || turn.problem) && (
          <Note tone={failed ? 'bad' : 'neutral'} icon={failed ? 'alert' : 'spark'} action={failed && <Button size="small" icon="refresh" onClick={() => again(turn.id)}>Ask again</Button>}>
            {[endings[turn.state], turn.problem].filter(Boolean).join(' ')}
          </Note>
        )}
        {turn.state === 'done' && turn.messageId && <Report message={turn.messageId} />}
      </div>
    </article>
  )
}
