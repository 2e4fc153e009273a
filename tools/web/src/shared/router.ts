import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

/** Where the person is: what follows the `#` of the address, in parts. */
export interface Place {
  path: string[]
  query: URLSearchParams
}

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2)
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part)
    } catch {
      return part
    }
  }
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) }
}

/** The address of a place within this page: `href('jobs', id)`. */
export const href = (...path: string[]) => '#/' + path.map(encodeURIComponent).join('/')

export const place = signal(parsePlace(location.hash))
let moved = false
window.addEventListener('hashchange', () => {
  moved = true
  place.value = parsePlace(location.hash)
})

export function go(...path: string[]): void {
  location.hash = href(...path)
}

/** Changes one part of the query without a new entry in the browser's history. */
export function setQuery(name: string, value: string | null): void {
  const { path, query } = place.value
  const next = new URLSearchParams(query)
  if (value === null || value === '') next.delete(name)
  else next.set(name, value)
  const text = next.toString()
  history.replaceState(null, '', href(...path) + (text ? `?${text}` : ''))
  place.value = { path, query: next }
}

/**
 * Names the page and, when the person has moved, puts the focus on its heading, so that a screen reader says where they
 * are. Give the ref to the `h1`, with `tabIndex={-1}`.
 */
export function usePage(title: string, product = 'Jobraker') {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${product}`
    if (moved) heading.current?.focus({ preventScroll: true })
    if (moved) window.scrollTo(0, 0)
  }, [title, product])
  return heading
}
