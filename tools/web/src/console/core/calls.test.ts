import { describe, expect, it } from 'vitest'
import { isId, no_filters, wire } from './calls'

const span = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' }
const asked = (text: string) => Object.fromEntries(new URLSearchParams(text))

describe('calls of models', () => {
  it('are asked for in their order, within the time that is shown', () => {
    expect(asked(wire('slowest', no_filters, span, 25))).toEqual({ limit: '25', ...span, order: 'slowest' })
  })
  it('that failed are the newest of them', () => {
    expect(asked(wire('failed', no_filters, span, 25))).toEqual({ limit: '25', ...span, failed: 'true' })
  })
  it('are filtered by what is typed, blanks around it left out', () => {
    const filters = { operation: ' chat ', model: '', provider: 'openai', user_id: '' }
    expect(asked(wire('newest', filters, span, 5, 'c'))).toEqual({ limit: '5', ...span, order: 'newest', operation: 'chat', provider: 'openai', cursor: 'c' })
  })
  it('are not asked for by half an id', () => {
    expect(['', ' ', '019a5b1e-7c00-7000-8000-000000000001'].every(isId)).toBe(true)
    expect(['019a', 'ann@example.com', '019a5b1e-7c00-7000-8000-00000000000g'].some(isId)).toBe(false)
  })
})
