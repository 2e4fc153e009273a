import { describe, expect, it } from 'vitest'
import { apply, empty, resumed, type Frame, type Transcript } from './transcript'

const turn_id = 't1'
const at = (seq: number, frame: Omit<Frame, 'epoch' | 'seq'>, epoch = 1): Frame => ({ epoch, seq, turn_id, ...frame }) as Frame
const asked = at(1, { type: 'accepted', client_msg_id: 'c', content: 'Hello?' })

function read(frames: Frame[], from: Transcript = empty): Transcript {
  return frames.reduce((t, frame) => {
    const [next, applied] = apply(t, frame)
    expect(applied).toBe('yes')
    return next
  }, from)
}

describe('a transcript', () => {
  it('grows by tokens and ends with the whole message and its sources', () => {
    const growing = read([asked, at(2, { type: 'token', text: 'Go' }), at(3, { type: 'token', text: 'od' })])
    expect(growing.turns[0]).toMatchObject({ asked: 'Hello?', text: 'Good', state: 'writing' })
    const sources = [{ id: 'S1', kind: 'article', ref: 'x', title: 'Notice' }]
    const done = read([at(4, { type: 'message', content: 'Good.', state: 'done', sources, message_id: 'm' })], growing)
    expect(done.turns[0]).toMatchObject({ text: 'Good.', state: 'done', sources, messageId: 'm' })
  })

  it('leaves out what it has and refuses a gap', () => {
    const t = read([asked, at(2, { type: 'token', text: 'a' })])
    expect(apply(t, asked)).toEqual([t, 'behind'])
    expect(apply(t, at(4, { type: 'token', text: 'c' }))).toEqual([t, 'gap'])
    expect(apply(t, at(4, { type: 'token', text: 'bc', span: 2 }))[1]).toBe('yes')
  })

  it('forgets unfinished text when a new epoch begins', () => {
    const t = read([asked, at(2, { type: 'token', text: 'half' })])
    const [next] = apply(t, at(1, { type: 'interrupted', detail: 'restarted' }, 2))
    expect(next.turns[0]).toMatchObject({ text: '', state: 'interrupted', problem: 'restarted' })
    expect(apply(t, at(2, { type: 'token', text: 'x' }, 2))[1]).toBe('gap')
  })

  it('goes back to where the last event stood when an answer begins again', () => {
    const call = at(3, { type: 'tool_call', call_id: 'k', name: 'searchJobs', arguments: {} })
    const t = read([asked, at(2, { type: 'token', text: 'I look. ' }), call, at(4, { type: 'token', text: 'wrong' }), at(5, { type: 'restart' })])
    expect(t.turns[0]!.text).toBe('I look. ')
  })

  it('keeps a question open until it is answered', () => {
    const confirm = at(2, { type: 'confirm', confirmation_id: 'q', name: 'updatePreferences', text: 'Change it?' })
    const t = read([asked, confirm])
    expect(t.turns[0]!.question).toEqual({ id: 'q', name: 'updatePreferences', text: 'Change it?' })
    expect(read([at(3, { type: 'confirmed', accepted: true })], t).turns[0]!.question).toBeUndefined()
  })

  it('pairs results with their calls', () => {
    const t = read([
      asked,
      at(2, { type: 'tool_call', call_id: 'a', name: 'x', arguments: {} }),
      at(3, { type: 'tool_call', call_id: 'b', name: 'y', arguments: {} }),
      at(4, { type: 'tool_result', call_id: 'a', name: 'x', ok: true, result: 1 }),
    ])
    expect(t.turns[0]!.tools.map((tool) => tool.ok)).toEqual([true, undefined])
  })

  it('ignores frames that were on their way until it is told where the server goes on', () => {
    const t = { ...read([asked]), resuming: true }
    expect(apply(t, at(2, { type: 'token', text: 'a' }))).toEqual([t, 'unexpected'])
    expect(resumed(t, { epoch: 1, seq: 1 })).toMatchObject({ resuming: false, position: { epoch: 1, seq: 1 } })
    expect(resumed(t, { epoch: 0, seq: 0 })).toEqual(empty)
    expect(resumed(t, { epoch: 3, seq: 9 })).toEqual({ position: { epoch: 3, seq: 9 }, turns: [], resuming: false })
  })

  it('takes the first frame of a conversation as it comes', () => {
    expect(apply(empty, at(7, { type: 'accepted', content: 'x' }, 3))[0].position).toEqual({ epoch: 3, seq: 7 })
  })
})
