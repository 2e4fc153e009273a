/** What is wrong with one member of a body. */
export interface FieldProblem {
  pointer: string
  detail: string
}

/** An answer of the API that is an error (RFC 9457), or no answer at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly traceId: string
  readonly fields: FieldProblem[]
  /** Milliseconds after which another try makes sense; none: not told. */
  readonly retryAfter: number | undefined

  constructor(status: number, body: unknown, retryAfter?: number) {
    const b = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
    const text = (key: string) => (typeof b[key] === 'string' ? b[key] : '')
    super(text('detail') || text('title') || `The server answered ${status}.`)
    this.status = status
    this.code = text('code')
    this.traceId = text('trace_id')
    this.fields = Array.isArray(b['errors']) ? (b['errors'] as FieldProblem[]) : []
    this.retryAfter = retryAfter
  }

  /** What is wrong with the member of that name. */
  field(name: string): string | undefined {
    return this.fields.find((f) => f.pointer === name || f.pointer === `/${name}`)?.detail
  }
}

/** Nothing was answered: no network, or the server is gone. */
export const unreachable = () =>
  new ApiError(0, { code: 'unreachable', detail: 'The server cannot be reached. Check the connection and try again.' })

/** Words for a person about anything that was thrown. */
export function describe(error: unknown): string {
  if (error instanceof ApiError) {
    const unnamed = error.fields.filter((f) => !error.message.includes(f.detail)).map((f) => `${f.pointer.replace(/^\//, '')} ${f.detail}`)
    const text = [error.message, ...unnamed].join('; ')
    return text.charAt(0).toUpperCase() + text.slice(1)
  }
  return error instanceof Error ? error.message : 'Something went wrong.'
}

/** A Retry-After header in milliseconds: seconds, or a date. */
export function retryAfterOf(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
