import { useEffect, useRef, useState } from 'preact/hooks'
import type { Page as PageOf } from '../../shared/api'
import { ago } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { go, href, usePage } from '../../shared/router'
import { Await, Button, Empty, Note } from '../../shared/ui/basic'
import { complain } from '../../shared/ui/toast'
import { ask, busy, conversation, lost, open, refusal, sent, stop, transcript } from '../chat'
import { api, consent, consents } from '../state'
import type { Conversation } from '../types'
import { TurnView } from './turn'

const ideas = [
  'What skills am I missing for a C++ engineer?',
  'Find remote engineer jobs and tell me about the first',
  'Set my minimum salary to 70000 EUR',
  'How long is the notice period in Germany?',
]

function Consent() {
  return (
    <Empty icon="chat" title="Talk with the assistant">
      <p>It knows your profile, your matches and your applications, and asks before it changes anything.</p>
      <p class="small">What you write is sent to a language model, without your name and contact data. You can take this back at any time.</p>
      <Button look="primary" onClick={() => void consent('ai_chat').catch(complain)}>Agree and begin</Button>
    </Empty>
  )
}

function Past({ items }: { items: Conversation[] }) {
  return (
    <nav class="past" aria-label="Conversations">
      <Button icon="plus" onClick={() => { open(undefined); go('assistant') }}>New conversation</Button>
      <ol class="picks">
        {items.map((c) => (
          <li key={c.id}>
            <a href={href('assistant', c.id)} aria-current={c.id === conversation.value ? 'true' : undefined}>
              <span class="pick-title">{c.title || 'New conversation'}</span>
              <span class="muted small">{ago(c.updated_at)}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

function Composer() {
  const [text, setText] = useState('')
  const area = useRef<HTMLTextAreaElement>(null)
  const running = busy()
  const send = () => {
    const content = text.trim()
    if (!content || running) return
    ask(content)
    setText('')
    area.current?.focus()
  }
  return (
    <form class="composer" aria-label="Your message" onSubmit={(event) => { event.preventDefault(); send() }}>
      <label class="visually-hidden" for="message">Message</label>
      <textarea
        ref={area} id="message" rows={Math.min(8, text.split('\n').length)} value={text} maxLength={32000} placeholder="Ask about jobs…" enterkeyhint="send"
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
            event.preventDefault()
            send()
          }
        }}
      />
      {running ? <Button look="soft" icon="stop" aria-label="Stop the answer" onClick={stop} /> : <Button type="submit" look="primary" icon="send" aria-label="Send" disabled={!text.trim()} />}
    </form>
  )
}

/** Keeps the end in view while an answer grows, unless the person has scrolled up. */
function useStickyEnd(key: unknown) {
  const end = useRef<HTMLDivElement>(null)
  const stick = useRef(true)
  useEffect(() => {
    const look = () => (stick.current = innerHeight + scrollY > document.documentElement.scrollHeight - 160)
    addEventListener('scroll', look, { passive: true })
    return () => removeEventListener('scroll', look)
  }, [])
  useEffect(() => {
    if (stick.current) end.current?.scrollIntoView({ block: 'end' })
  }, [key])
  return end
}

function Talk() {
  const { turns } = transcript.value
  const pending = sent.value
  const end = useStickyEnd(`${transcript.value.position?.epoch}-${transcript.value.position?.seq}-${pending.length}`)
  const fresh = turns.length === 0 && pending.length === 0
  return (
    <section class="talk" aria-label="Conversation">
      {fresh && !transcript.value.resuming && !conversation.value && (
        <div class="ideas">
          <h2>What would you like to know?</h2>
          <ul>{ideas.map((idea) => <li key={idea}><Button onClick={() => ask(idea)}>{idea}</Button></li>)}</ul>
        </div>
      )}
      <div class="turns">
        {turns.map((turn) => <TurnView key={turn.id} turn={turn} />)}
        {pending.map((message) => <div key={message.id} class="asked pending"><p>{message.content}</p></div>)}
      </div>
      {refusal.value && <Note tone="bad" icon="alert">{refusal.value}</Note>}
      {lost.value && <Note tone="warn" icon="clock">The connection is lost. It comes back by itself, and nothing is missed.</Note>}
      <div ref={end} class="turns-end" />
      <Composer />
    </section>
  )
}

export function ChatPage({ id }: { id: string | undefined }) {
  const heading = usePage('Assistant')
  const past = useLoad(() => api.get<PageOf<Conversation>>('/conversations?limit=30'), [conversation.value, busy()])
  useEffect(() => {
    if (id) open(id)
  }, [id])
  useEffect(() => {
    // A conversation that has just begun gets its address.
    if (conversation.value && !id) history.replaceState(null, '', href('assistant', conversation.value))
  }, [conversation.value])
  if (consents.value && !consents.value.ai_chat) return <><h1 class="visually-hidden" ref={heading} tabIndex={-1}>Assistant</h1><Consent /></>
  return (
    <>
      <h1 class="visually-hidden" ref={heading} tabIndex={-1}>Assistant</h1>
      <div class="chat">
        <Await of={past}>{(page) => <Past items={page.items} />}</Await>
        <Talk />
      </div>
    </>
  )
}
