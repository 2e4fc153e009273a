import { describe, expect, it } from 'vitest'
import { cleanPath, everything, readQuery, search, sortedBy, sorts, states, wireQuery, writeQuery, type ActorQuery } from './query'

describe('the query and the address', () => {
  it('says nothing when nothing is asked', () => {
    expect(writeQuery(everything).toString()).toBe('')
    expect(readQuery(new URLSearchParams())).toEqual(everything)
  })
  it('comes back as it was written, whatever it is', () => {
    for (const sort of sorts)
      for (const order of ['asc', 'desc'] as const)
        for (const state of ['', ...states]) {
          const query: ActorQuery = { path: '/users/7', kind: 'user & co', state, q: 'a=b/ü', sort, order }
          expect(readQuery(new URLSearchParams(writeQuery(query).toString()))).toEqual(query)
        }
  })
  it('leaves other members of the address alone, and takes back what is no longer asked', () => {
    const params = writeQuery({ ...everything, q: 'x' }, new URLSearchParams('show=%2Fa&q=old&kind=k'))
    expect(Object.fromEntries(params)).toEqual({ show: '/a', q: 'x' })
  })
  it('does not understand nonsense', () => {
    expect(readQuery(new URLSearchParams('sort=shoe&order=up&state=odd&path=//a//b/'))).toEqual({ ...everything, path: '/a/b' })
    expect([cleanPath('/'), cleanPath('users/'), cleanPath('')]).toEqual(['', '/users', ''])
  })
  it('turns the order round on the second click; figures fall first, names rise', () => {
    const first = sortedBy(everything, 'mailbox')
    expect([first.sort, first.order]).toEqual(['mailbox', 'desc'])
    expect(sortedBy(first, 'mailbox').order).toBe('asc')
    expect(sortedBy(first, 'path').order).toBe('asc')
  })
  it('asks the server only what is asked', () => {
    expect(wireQuery(everything, 100, { cursor: null, skip: 400 })).toEqual({ sort: 'rate', order: 'desc', limit: 100, skip: 400 })
    expect(wireQuery(everything, 100)).toEqual({ sort: 'rate', order: 'desc', limit: 100 })
    expect(search(wireQuery({ ...everything, path: '/users', q: 'a b' }, 200, { cursor: 'c=', skip: 0 }))).toBe('sort=rate&order=desc&limit=200&path=%2Fusers&q=a+b&cursor=c%3D')
  })
})
