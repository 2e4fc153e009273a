import { ApiError, retryAfterOf, unreachable } from './problem'
import type { Session, Tokens } from './session'

export const base = '/api/v1'

/** A piece of long work as the server shows it. */
export interface Task {
  id: string
  kind: string
  status: 'queued' | 'running' | 'done' | 'failed'
  stage: string
  done: number
  total: number
  result: unknown
  error: { code?: string; detail?: string } | null
}

/** One page of a list. */
export interface Page<T> {
  items: T[]
  next: string | null
}

export interface CallOptions {
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

const wait = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }, { once: true })
  })

async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null)
  return new ApiError(response.status, body, retryAfterOf(response.headers.get('retry-after')))
}

/** The HTTP surface, as one signed-in person. Access tokens are renewed before they end and when the server says 401. */
export class Api {
  private renewal: Promise<string | undefined> | undefined

  constructor(readonly session: Session) {}

  /** The answer whatever its status; ApiError with status 0 when there is none. */
  private async fetch(method: string, path: string, options: CallOptions, token: string | undefined): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers }
    if (token) headers['authorization'] = `Bearer ${token}`
    const { body } = options
    const raw = body instanceof FormData || body instanceof Blob || body instanceof URLSearchParams || typeof body === 'string'
    if (body !== undefined && !raw) headers['content-type'] = 'application/json'
    const init: RequestInit = { method, headers, cache: 'no-store' }
    if (body !== undefined) init.body = raw ? (body as BodyInit) : JSON.stringify(body)
    if (options.signal) init.signal = options.signal
    try {
      return await fetch(path.startsWith('/api/') ? path : base + path, init)
    } catch (error) {
      if (options.signal?.aborted) throw error
      throw unreachable()
    }
  }

  /** A token that is good for a while, renewed when it is not; undefined when nobody is signed in. */
  private async token(rejected?: string): Promise<string | undefined> {
    const now = this.session.read()
    if (!now) {
      if (this.session.current.value) this.session.end()
      return undefined
    }
    if (now.access !== rejected && now.until - Date.now() > 20_000) return now.access
    this.renewal ??= this.renew(now.access).finally(() => (this.renewal = undefined))
    return this.renewal
  }

  /** A refresh token works once: all requests wait for one renewal, and so do all tabs. */
  private renew(old: string): Promise<string | undefined> {
    return this.session.exclusively(async () => {
      const latest = this.session.read()
      if (!latest) return undefined
      if (latest.access !== old) return latest.access
      const response = await this.fetch('POST', '/auth/refresh', { body: { refresh_token: latest.refresh } }, undefined)
      if (response.ok) {
        const tokens = (await response.json()) as Tokens
        this.session.begin(tokens)
        return tokens.access_token
      }
      if (response.status === 401) {
        this.session.end(true)
        return undefined
      }
      throw await problemOf(response)
    })
  }

  /** The answer, which is a success; ApiError otherwise. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    const token = await this.token()
    let response = await this.fetch(method, path, options, token)
    if (response.status === 401 && token) {
      const renewed = await this.token(token)
      if (renewed) response = await this.fetch(method, path, options, renewed)
    }
    if (!response.ok) throw await problemOf(response)
    return response
  }

  private async json<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    const response = await this.call(method, path, options)
    return (response.status === 204 ? undefined : await response.json()) as T
  }

  get<T>(path: string, options?: CallOptions): Promise<T> {
    return this.json('GET', path, options)
  }
  post<T>(path: string, body?: unknown, options?: CallOptions): Promise<T> {
    return this.json('POST', path, { ...options, body })
  }
  put<T>(path: string, body?: unknown, options?: CallOptions): Promise<T> {
    return this.json('PUT', path, { ...options, body })
  }
  patch<T>(path: string, body?: unknown, options?: CallOptions): Promise<T> {
    return this.json('PATCH', path, { ...options, body })
  }
  delete(path: string, options?: CallOptions): Promise<void> {
    return this.json('DELETE', path, options)
  }

  /** What is there, or null when nothing is (404). */
  async find<T>(path: string, options?: CallOptions): Promise<T | null> {
    try {
      return await this.get<T>(path, options)
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null
      throw error
    }
  }

  /** Starts long work and watches it; answers its result. A failed task is an ApiError. */
  async run<T>(path: string, options: CallOptions & { onProgress?: (task: Task) => void } = {}): Promise<T> {
    const response = await this.call('POST', path, { ...options, headers: { prefer: 'respond-async, wait=0', ...options.headers } })
    if (response.status !== 202) return (await response.json()) as T
    const place = response.headers.get('location')
    if (!place) throw new ApiError(202, { detail: 'The server did not say where its progress can be seen.' })
    return this.follow<T>(place, options)
  }

  /** Watches the task at that place until it ends. */
  async follow<T>(place: string, options: { signal?: AbortSignal; onProgress?: (task: Task) => void } = {}): Promise<T> {
    const { signal, onProgress } = options
    for (let pause = 150; ; pause = Math.min(pause * 1.5, 1000)) {
      const task = await this.get<Task>(place, signal ? { signal } : {})
      onProgress?.(task)
      if (task.status === 'done') return task.result as T
      if (task.status === 'failed') throw new ApiError(500, { ...task.error, title: 'The work failed.' })
      await wait(pause, signal)
    }
  }

  /** Every item of a list that comes in pages; at most `most`. */
  async all<T>(path: string, most = 500): Promise<T[]> {
    const items: T[] = []
    let cursor: string | null = ''
    while (cursor !== null && items.length < most) {
      const more: string = cursor ? `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}` : ''
      const page: Page<T> = await this.get<Page<T>>(path + more)
      items.push(...page.items)
      cursor = page.next
    }
    return items
  }

  /** Saves a file that only the signed-in person may read. */
  async download(path: string, name: string): Promise<void> {
    const blob = await (await this.call('GET', path, { headers: { accept: '*/*' } })).blob()
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }

  /** An address for a WebSocket: browsers cannot send an Authorization header, so it carries a one-time ticket. */
  async socketAddress(path: string): Promise<string> {
    const { ticket } = await this.post<{ ticket: string }>('/auth/ws-ticket', {})
    const url = new URL(base + path, location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('ticket', ticket)
    return url.href
  }

  async signIn(email: string, password: string): Promise<void> {
    this.session.begin(await this.open('/auth/login', { email, password }))
  }
  async register(email: string, password: string): Promise<void> {
    this.session.begin(await this.open('/auth/register', { email, password }))
  }
  /** Ends the session here at once; the server is told, but not waited for. */
  signOut(): void {
    const refresh = this.session.read()?.refresh
    this.session.end()
    if (refresh) void this.fetch('POST', '/auth/logout', { body: { refresh_token: refresh } }, undefined).catch(() => undefined)
  }

  private async open(path: string, body: unknown): Promise<Tokens> {
    const response = await this.fetch('POST', path, { body }, undefined)
    if (!response.ok) throw await problemOf(response)
    return (await response.json()) as Tokens
  }
}
