import type { Place } from './window'

/** What is asked about actors, and how it stands in the page's address. */
export const sorts = ['path', 'mailbox', 'messages', 'rate', 'busy', 'wait', 'failures', 'restarts', 'running', 'born', 'bytes'] as const
export type Sort = (typeof sorts)[number]
export const states = ['idle', 'queued', 'running', 'waiting', 'paused', 'draining'] as const

export interface ActorQuery {
  path: string
  kind: string
  state: string
  q: string
  sort: Sort
  order: 'asc' | 'desc'
}

export const everything: ActorQuery = { path: '', kind: '', state: '', q: '', sort: 'rate', order: 'desc' }

/** The query of an address; what is not understood is left out. */
export function readQuery(params: URLSearchParams): ActorQuery {
  const sort = params.get('sort') as Sort
  const state = params.get('state') ?? ''
  const known = sorts.includes(sort) ? sort : everything.sort
  const order = params.get('order')
  return {
    path: cleanPath(params.get('path') ?? ''),
    kind: params.get('kind') ?? '',
    state: (states as readonly string[]).includes(state) ? state : '',
    q: (params.get('q') ?? '').slice(0, 200),
    sort: known,
    order: order === 'asc' || order === 'desc' ? order : firstOrder(known),
  }
}

/** A path begins with a slash and has none at its end; the root is no filter. */
export function cleanPath(path: string): string {
  const parts = path.split('/').filter(Boolean)
  return parts.length ? '/' + parts.join('/') : ''
}

/** Names rise, figures fall: the largest is what one looks for. */
export const firstOrder = (sort: Sort): 'asc' | 'desc' => (sort === 'path' ? 'asc' : 'desc')

/** What a click on a column's title asks for. */
export function sortedBy(query: ActorQuery, sort: Sort): ActorQuery {
  if (query.sort !== sort) return { ...query, sort, order: firstOrder(sort) }
  return { ...query, order: query.order === 'asc' ? 'desc' : 'asc' }
}

/** What differs from `everything`, for the address of the page. */
export function writeQuery(query: ActorQuery, into = new URLSearchParams()): URLSearchParams {
  const params = new URLSearchParams(into)
  for (const key of ['path', 'kind', 'state', 'q'] as const) {
    if (query[key]) params.set(key, query[key])
    else params.delete(key)
  }
  const usual = query.sort === everything.sort && query.order === everything.order
  if (usual) {
    params.delete('sort')
    params.delete('order')
  } else {
    params.set('sort', query.sort)
    params.set('order', query.order)
  }
  return params
}

/** What the server is asked: members of a JSON query, or of an address. */
export function wireQuery(query: ActorQuery, limit: number, place: Place = { cursor: null, skip: 0 }): Record<string, string | number> {
  const wire: Record<string, string | number> = { sort: query.sort, order: query.order, limit }
  for (const key of ['path', 'kind', 'state', 'q'] as const) if (query[key]) wire[key] = query[key]
  if (place.cursor) wire['cursor'] = place.cursor
  if (place.skip) wire['skip'] = place.skip
  return wire
}

export const search = (wire: Record<string, string | number>) => new URLSearchParams(Object.entries(wire).map(([k, v]) => [k, String(v)])).toString()
