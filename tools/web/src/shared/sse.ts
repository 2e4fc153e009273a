import type { Api } from './api'
import { backoff } from './live'

export interface ServerEvent {
  type: string
  id: string
  data: string
}

/** Server-sent events out of text that comes in pieces. */
export class SseParser {
  private rest = ''
  private type = ''
  private data: string[] = []
  private id = ''

  /** The events that `piece` completes. */
  push(piece: string): ServerEvent[] {
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/)
    this.rest = lines.pop() ?? ''
    const found: ServerEvent[] = []
    for (const line of lines) {
      if (line === '') {
        if (this.data.length) found.push({ type: this.type || 'message', id: this.id, data: this.data.join('\n') })
        this.type = ''
        this.data = []
      } else this.field(line)
    }
    return found
  }

  private field(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.type = value
    else if (name === 'data') this.data.push(value)
    else if (name === 'id' && !value.includes('\0')) this.id = value
  }
}

/**
 * Follows a stream of events until `signal` ends it, and comes back after a loss with the last id heard. EventSource
 * cannot send an Authorization header; this can.
 */
export async function followEvents(api: Api, path: string, onEvent: (event: ServerEvent) => void, signal: AbortSignal): Promise<void> {
  let last = ''
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream', ...(last ? { 'last-event-id': last } : {}) }
      const response = await api.call('GET', path, { headers, signal })
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      const parser = new SseParser()
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        for (const event of parser.push(piece.value)) {
          attempt = 0
          last = event.id || last
          onEvent(event)
        }
      }
    } catch (error) {
      if (signal.aborted) return
      const status = (error as { status?: number }).status ?? 0
      if (status >= 400 && status < 500 && status !== 429) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, backoff(attempt)))
  }
}
