import { describe, expect, it } from 'vitest'
import { flat } from './settings'

describe('settings', () => {
  it('are one list, whichever way they come', () => {
    expect(flat({ server: { port: 8080, host: '::' }, feeds: ['a', 'b'] }).map((s) => [s.key, s.value])).toEqual([['server.port', '8080'], ['server.host', '::'], ['feeds', 'a, b']])
    expect(flat({ items: [{ key: 'server.port', value: 8080 }] }).map((s) => [s.key, s.value])).toEqual([['server.port', '8080']])
  })
  it('show no secret, even if the server did', () => {
    const all = flat({ auth: { jwt_secret: 'hush' }, llm: { api_key: 'sk-1', tokens_max: 5 }, database_url: 'postgres://me:hush@db/x', adzuna: { app_key: '' } })
    expect(JSON.stringify(all)).not.toMatch(/hush|sk-1/)
    expect(all.map((s) => [s.key, s.masked])).toEqual([['auth.jwt_secret', true], ['llm.api_key', true], ['llm.tokens_max', false], ['database_url', false], ['adzuna.app_key', false]])
    expect(all[3]!.value).toBe('postgres://•••@db/x')
  })
})
