import { effect, signal } from '@preact/signals'
import { ApiError } from '../shared/problem'
import { Live } from '../shared/live'
import { say } from '../shared/ui/toast'
import { api, unread } from './state'
import { apply, empty, isOver, resumed, type Frame, type Transcript } from './transcript'

/** A question that the server has not accepted yet. */
export interface Sent {
  id: string
  content: string
}

/** The conversation on the screen; none: the next question begins one. */
export const conversation = signal<string | undefined>(undefined)
export const transcript = signal<Transcript>(empty)
export const sent = signal<Sent[]>([])
/** A yes or no that may not have arrived. */
const decided = new Map<string, boolean>()
/** What the server said about something we sent, outside of any turn. */
export const refusal = signal('')

const live = new Live({
  address: () => api.socketAddress('/chat/ws'),
  onOpen: greet,
  onMessage: (message) => hear(message as Frame),
  ping: { type: 'ping' },
  isFinal: (error) => error instanceof ApiError && error.status === 401,
})
/** The connection is away, and stays so through attempts that fail. */
export const lost = signal(false)
effect(() => {
  if (live.state.value === 'waiting') lost.value = true
  else if (live.state.value !== 'connecting') lost.value = false
})
export const connect = () => live.start()

export function disconnect(): void {
  live.stop()
  open(undefined)
}

/** Ids need not be secret, only different; `randomUUID` exists on https and localhost only. */
function fresh(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

/** Shows another conversation, or a new one. */
export function open(id: string | undefined): void {
  if (id === conversation.value && id !== undefined) return
  if (conversation.value) live.send({ type: 'leave', conversation_id: conversation.value })
  conversation.value = id
  transcript.value = empty
  sent.value = []
  decided.clear()
  refusal.value = ''
  if (id) resume()
}

export function ask(content: string): void {
  const message = { id: fresh(), content }
  refusal.value = ''
  sent.value = [...sent.value, message]
  deliver(message)
}

export function stop(): void {
  if (conversation.value) live.send({ type: 'cancel', conversation_id: conversation.value })
}

export function again(turn: string): void {
  live.send({ type: 'rerun', conversation_id: conversation.value, turn_id: turn })
}

/** The person's yes or no to what a function would change. */
export function decide(question: string, accept: boolean): void {
  decided.set(question, accept)
  tell(question, accept)
}

function tell(question: string, accept: boolean): void {
  live.send({ type: 'confirm', conversation_id: conversation.value, confirmation_id: question, accept })
}

/** Answers that are needed no more: the question is gone from the transcript. */
function forget(): void {
  for (const id of decided.keys()) if (!transcript.value.turns.some((turn) => turn.question?.id === id)) decided.delete(id)
}

export const busy = () => sent.value.length > 0 || transcript.value.turns.some((turn) => !isOver(turn))

function deliver({ id, content }: Sent): void {
  live.send({ type: 'send', client_msg_id: id, content, ...(conversation.value ? { conversation_id: conversation.value } : {}) })
}

function resume(): void {
  const { epoch, seq } = transcript.value.position ?? { epoch: 0, seq: 0 }
  if (live.send({ type: 'resume', conversation_id: conversation.value, epoch, seq })) transcript.value = { ...transcript.value, resuming: true }
}

/** A connection stands: go on where we were, and say again what may have been lost; the server knows it by its id. */
function greet(): void {
  live.send({ type: 'hello', client: 'web' })
  if (conversation.value) resume()
  sent.value.forEach(deliver)
  decided.forEach((accept, question) => tell(question, accept))
}

function hear(frame: Frame): void {
  if (frame.type === 'notification') notified(frame)
  else if (frame.type === 'resumed') {
    if (frame.conversation_id === conversation.value)
      transcript.value = resumed(transcript.value, { epoch: frame.epoch ?? 0, seq: frame.seq ?? 0 })
  } else if (frame.type === 'accepted') accepted(frame)
  else if (frame.seq !== undefined) take(frame)
  else if (frame.type === 'error') refused(frame)
}

function notified(frame: Frame): void {
  if (typeof frame['unread'] === 'number') unread.value = frame['unread']
  else if (typeof frame['title'] === 'string' && frame['title']) {
    unread.value++
    say(frame['title'], 'neutral')
  }
}

/** The first `accepted` of a conversation tells which one it is. */
function accepted(frame: Frame): void {
  const mine = sent.value.some((message) => message.id === frame['client_msg_id'])
  const known = conversation.value !== undefined
  if (mine && !known) conversation.value = frame.conversation_id
  if (mine) sent.value = sent.value.filter((message) => message.id !== frame['client_msg_id'])
  if (frame.seq !== undefined) take(frame)
  // It had arrived before the connection broke, in a conversation that we had not heard of.
  else if (mine && !known) resume()
}

function take(frame: Frame): void {
  if (frame.conversation_id !== conversation.value) return
  const [next, applied] = apply(transcript.value, frame)
  if (applied === 'yes') transcript.value = next
  if (decided.size) forget()
  if (applied === 'gap') resume()
}

/** An error that is no part of a turn answers something we said. */
function refused(frame: Frame): void {
  if (frame.conversation_id && conversation.value && frame.conversation_id !== conversation.value) return
  const about = frame['client_msg_id']
  sent.value = sent.value.filter((message) => message.id !== about)
  // Somebody else has answered, or it is over: the stream says so.
  if (!about && (frame['code'] === 'not_found' || frame['code'] === 'conflict') && transcript.value.position) return
  refusal.value = String(frame['detail'] ?? 'That did not work.')
}
