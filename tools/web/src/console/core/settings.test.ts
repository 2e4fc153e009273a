import { describe, expect, it } from 'vitest'
import { found, valueOf, type Setting } from './settings'

const setting = (change: Partial<Setting>): Setting => ({ key: 'server.port', meaning: 'TCP port; 0 takes a free one', value: 8080, secret: false, source: 'default', ...change })

describe('settings', () => {
  it('are written as they are', () => {
    const values: Setting['value'][] = [8080, 61.5, false, '', 'gpt-4.1-mini', ['https://a.example', 'https://b.example'], []]
    expect(values.map((value) => valueOf(setting({ value })))).toEqual(['8080', '61.5', 'false', '', 'gpt-4.1-mini', 'https://a.example, https://b.example', ''])
  })
  it('show no secret, even if the server did', () => {
    expect(valueOf(setting({ value: 'hush', secret: true }))).toBeNull()
    expect(valueOf(setting({ value: null }))).toBeNull()
    expect(valueOf(setting({ value: 'postgres://me:hu@sh@db/x' }))).toBe('postgres://me:•••@db/x')
    expect(valueOf(setting({ value: 'postgres://me@db:5432/x' }))).toBe('postgres://me@db:5432/x')
  })
  it('are found by name and by meaning', () => {
    const all = [setting({}), setting({ key: 'database.url', meaning: 'PostgreSQL 15 with pgvector' })]
    expect(found(all, ' Free  port').map((s) => s.key)).toEqual(['server.port'])
    expect(found(all, 'postgresql').map((s) => s.key)).toEqual(['database.url'])
    expect(found(all, '')).toHaveLength(2)
    expect(found(all, 'nothing')).toHaveLength(0)
  })
})
