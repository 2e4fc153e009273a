import { describe, expect, it } from 'vitest'
import { maskJson, maskText, maskValue } from './mask'

describe('masking', () => {
  it('covers addresses, telephone numbers and keys in texts', () => {
    expect(maskText('Write to grace.hopper+x@navy.example.org or +44 20 7946 0999.')).toBe('Write to g…@navy.example.org or •••.')
    expect(maskText('(020) 7946 0999')).toBe('•••')
    expect(maskText('Authorization: Bearer abcdefgh12345')).toBe('Authorization: •••')
    expect(maskText('key sk-proj-1234567890')).toBe('key •••')
  })
  it('leaves ids, times, statements and figures', () => {
    for (const text of ['019a5b1e-7c00-7000-8000-000000000015', '2026-11-20T09:30:00Z', 'SELECT id FROM jobs WHERE id = $1', '/users/42', '12345678 bytes in 90000 ms', '127.0.0.1:5432', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'])
      expect(maskText(text)).toBe(text)
  })
  it('keeps of recorded values what is ours', () => {
    expect(maskValue({ job_id: '019a5b1e-7c00-7000', state: 'needs_input', n: 3, ok: true, none: null, city: '', title: 'Senior engineer', email: 'a@b.example', name: 'Ada', tags: ['c++', 'two words'], access_token: 'abc' })).toEqual({
      job_id: '019a5b1e-7c00-7000', state: 'needs_input', n: 3, ok: true, none: null, city: '', title: '••• (15 characters)', email: '••• (11 characters)', name: '••• (3 characters)', tags: ['c++', '••• (9 characters)'], access_token: '•••',
    })
    expect(maskJson('{"a": "who is this"}')).toBe('{\n  "a": "••• (11 characters)"\n}')
    expect(maskJson('{"cut off at')).toBe('••• (12 characters)')
  })
})
