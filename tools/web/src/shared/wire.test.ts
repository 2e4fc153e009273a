import { describe, expect, it } from 'vitest'
import { backoff } from './live'
import { ApiError, describe as inWords, retryAfterOf } from './problem'
import { SseParser } from './sse'

describe('server-sent events', () => {
  const stream = 'event: token\nid: 1-2\ndata: {"a":1}\n\n: still here\n\ndata: x\ndata: y\n\nevent: end\n\n'
  const expected = [
    { type: 'token', id: '1-2', data: '{"a":1}' },
    { type: 'message', id: '1-2', data: 'x\ny' },
  ]
  it('are the same however the text is cut', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      const parser = new SseParser()
      expect([...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))]).toEqual(expected)
    }
  })
  it('may end their lines in any of the three ways', () => {
    for (const end of ['\r\n', '\r']) {
      const parser = new SseParser()
      expect([...parser.push(stream.replaceAll('\n', end)), ...parser.push('\n')].slice(0, 2)).toEqual(expected)
    }
  })
})

describe('a refusal', () => {
  const error = new ApiError(422, { detail: '/email is too short', code: 'invalid', trace_id: 'abc', errors: [{ pointer: '/email', detail: 'is too short' }, { pointer: '/password', detail: 'is needed' }] })
  it('tells what is wrong with each field', () => {
    expect(error.field('email')).toBe('is too short')
    expect(error.field('name')).toBeUndefined()
    expect(inWords(error)).toBe('/email is too short; password is needed')
  })
  it('is understood without a body', () => {
    expect(new ApiError(502, null).message).toBe('The server answered 502.')
  })
  it('says when another try makes sense', () => {
    const now = Date.parse('2026-03-10T12:00:00Z')
    expect(retryAfterOf('3')).toBe(3000)
    expect(retryAfterOf('Tue, 10 Mar 2026 12:00:05 GMT', now)).toBe(5000)
    expect(retryAfterOf('soon')).toBeUndefined()
    expect(retryAfterOf(null)).toBeUndefined()
  })
})

describe('the wait before another connection', () => {
  it('doubles up to half a minute, and is any part of that', () => {
    expect([0, 1, 2, 6, 50].map((n) => backoff(n, () => 1))).toEqual([500, 1000, 2000, 30_000, 30_000])
    expect(backoff(3, () => 0)).toBe(0)
  })
})
