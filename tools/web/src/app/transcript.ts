// What this page knows of a conversation, made from the frames it gets. The reference is tools/chat/transcript.

export interface Position {
  epoch: number
  seq: number
}

export interface Frame extends Partial<Position> {
  type: string
  conversation_id?: string
  span?: number
  turn_id?: string
  [member: string]: unknown
}

export interface Source {
  id: string
  kind: string
  ref: string
  title: string
  url?: string | null
}

export interface ToolCall {
  id: string
  name: string
  arguments: unknown
  /** Undefined while it runs. */
  ok?: boolean
  result?: unknown
}

export interface Question {
  id: string
  name: string
  text: string
}

export type TurnState = 'waiting' | 'writing' | 'done' | 'cancelled' | 'failed' | 'interrupted'

/** One question of the person and its answer. */
export interface Turn {
  id: string
  clientId: string
  asked: string
  state: TurnState
  text: string
  /** Where in `text` a restart goes back to. */
  since: number
  tools: ToolCall[]
  sources: Source[]
  question?: Question
  /** Why there is no answer, or what is to be said about it. */
  problem: string
  messageId?: string
}

export interface Transcript {
  position?: Position
  turns: Turn[]
  /** Asked to resume: frames that were on their way are left out until `resumed` comes. */
  resuming: boolean
}

export type Applied = 'yes' | 'behind' | 'gap' | 'unexpected'

export const empty: Transcript = { turns: [], resuming: false }
export const isOver = (turn: Turn) => turn.state !== 'waiting' && turn.state !== 'writing'

const text = (frame: Frame, member: string) => (typeof frame[member] === 'string' ? frame[member] : '')

function fresh(id: string): Turn {
  return { id, clientId: '', asked: '', state: 'waiting', text: '', since: 0, tools: [], sources: [], problem: '' }
}

/** The server goes on from there; when that is not where we stand, everything is forgotten. */
export function resumed(t: Transcript, position: Position): Transcript {
  const same = t.position ? t.position.epoch === position.epoch && t.position.seq === position.seq : position.epoch === 0 && position.seq === 0
  if (same) return { ...t, resuming: false }
  // 0-0: what comes next is the beginning, wherever that stands.
  return position.epoch === 0 && position.seq === 0 ? empty : { position, turns: [], resuming: false }
}

/** Takes one numbered frame: what lies behind is left out, and what would leave a gap is refused. */
export function apply(t: Transcript, frame: Frame): [Transcript, Applied] {
  const { epoch, seq, span = 1 } = frame
  if (t.resuming || epoch === undefined || seq === undefined || frame.type === 'resumed' || frame.type === 'notification') return [t, 'unexpected']
  let { turns } = t
  if (t.position) {
    const here = t.position
    if (epoch < here.epoch || (epoch === here.epoch && seq <= here.seq)) return [t, 'behind']
    const same = epoch === here.epoch
    if (seq - span !== (same ? here.seq : 0)) return [t, 'gap']
    if (!same) turns = turns.map((turn) => (isOver(turn) ? turn : { ...turn, text: '', since: 0, question: undefined }))
  }
  if (frame.turn_id) {
    const id = frame.turn_id
    const at = turns.findIndex((turn) => turn.id === id)
    const changed = change(at < 0 ? fresh(id) : turns[at]!, frame)
    turns = at < 0 ? [...turns, changed] : turns.map((turn, i) => (i === at ? changed : turn))
  }
  return [{ position: { epoch, seq }, turns, resuming: false }, 'yes']
}

function change(before: Turn, frame: Frame): Turn {
  const turn = { ...before, state: before.state === 'waiting' ? ('writing' as const) : before.state }
  if (frame.type === 'token') return { ...turn, text: turn.text + text(frame, 'text') }
  if (frame.type === 'restart') return { ...turn, text: turn.text.slice(0, turn.since) }
  const next = event(turn, frame)
  return { ...next, since: next.text.length }
}

function event(turn: Turn, frame: Frame): Turn {
  switch (frame.type) {
    case 'accepted':
      return { ...fresh(turn.id), clientId: text(frame, 'client_msg_id'), asked: text(frame, 'content') }
    case 'tool_call':
      return { ...turn, tools: [...turn.tools, { id: text(frame, 'call_id'), name: text(frame, 'name'), arguments: frame['arguments'] }] }
    case 'tool_result':
      return { ...turn, tools: finish(turn.tools, frame) }
    case 'confirm':
      return { ...turn, question: { id: text(frame, 'confirmation_id'), name: text(frame, 'name'), text: text(frame, 'text') } }
    case 'confirmed':
      return { ...turn, question: undefined }
    case 'notice':
      return { ...turn, problem: text(frame, 'detail') }
    case 'message':
      return {
        ...turn,
        text: text(frame, 'content'),
        sources: (frame['sources'] as Source[] | undefined) ?? [],
        messageId: text(frame, 'message_id'),
        state: frame['state'] === 'cancelled' ? 'cancelled' : 'done',
        question: undefined,
        problem: text(frame, 'note'),
      }
    case 'error':
      return { ...turn, text: '', state: frame['code'] === 'cancelled' ? 'cancelled' : 'failed', question: undefined, problem: text(frame, 'detail') }
    case 'interrupted':
      return { ...turn, text: '', state: 'interrupted', question: undefined, problem: text(frame, 'detail') }
    default:
      return turn
  }
}

function finish(tools: ToolCall[], frame: Frame): ToolCall[] {
  const id = text(frame, 'call_id')
  const done = { ok: frame['ok'] === true, result: frame['result'] }
  return tools.some((tool) => tool.id === id)
    ? tools.map((tool) => (tool.id === id ? { ...tool, ...done } : tool))
    : [...tools, { id, name: text(frame, 'name'), arguments: undefined, ...done }]
}
