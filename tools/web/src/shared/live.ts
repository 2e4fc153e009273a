import { signal } from '@preact/signals'

export type LiveState = 'connecting' | 'open' | 'waiting' | 'stopped'

export interface LiveOptions {
  /** The address, asked for before each attempt: tickets work once. */
  address: () => Promise<string>
  /** The connection stands; whatever belongs at its beginning is sent here. */
  onOpen?: () => void
  onMessage: (message: Record<string, unknown>) => void
  /** Sent when nothing has been heard for a while; without an answer the connection counts as dead. */
  ping?: object
  /** Whether an error of `address` ends it for good (nobody is signed in). */
  isFinal?: (error: unknown) => boolean
}

/** Full jitter: anything up to half a second doubled with every attempt, at most 30 s. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(30_000, 500 * 2 ** Math.min(attempt, 10))
}

const quiet_ms = 25_000
const patience_ms = 10_000

/** A WebSocket that carries JSON and comes back when it is lost. */
export class Live {
  readonly state = signal<LiveState>('stopped')
  private socket: WebSocket | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private heartbeat: ReturnType<typeof setTimeout> | undefined
  private attempt = 0
  private generation = 0

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    if (this.state.value !== 'stopped') return
    window.addEventListener('online', this.hurry)
    document.addEventListener('visibilitychange', this.hurry)
    void this.connect()
  }

  stop(): void {
    window.removeEventListener('online', this.hurry)
    document.removeEventListener('visibilitychange', this.hurry)
    this.generation++
    clearTimeout(this.timer)
    clearTimeout(this.heartbeat)
    this.socket?.close(1000)
    this.socket = undefined
    this.attempt = 0
    this.state.value = 'stopped'
  }

  /** Whether it was handed to an open connection. */
  send(message: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  private readonly hurry = () => {
    if (this.state.value !== 'waiting' || document.visibilityState === 'hidden') return
    clearTimeout(this.timer)
    void this.connect()
  }

  private later(): void {
    this.state.value = 'waiting'
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.connect(), backoff(this.attempt++))
  }

  private async connect(): Promise<void> {
    const mine = ++this.generation
    this.state.value = 'connecting'
    let address: string
    try {
      address = await this.options.address()
    } catch (error) {
      if (mine !== this.generation) return
      if (this.options.isFinal?.(error)) this.stop()
      else this.later()
      return
    }
    if (mine !== this.generation) return
    const socket = new WebSocket(address)
    this.socket = socket
    socket.onopen = () => {
      this.attempt = 0
      this.state.value = 'open'
      this.listen()
      this.options.onOpen?.()
    }
    socket.onmessage = (event: MessageEvent<unknown>) => {
      this.listen()
      if (typeof event.data === 'string') this.options.onMessage(JSON.parse(event.data) as Record<string, unknown>)
    }
    socket.onclose = () => {
      clearTimeout(this.heartbeat)
      if (mine === this.generation) this.later()
    }
  }

  /** Something was heard: the connection is alive, look again after a while. */
  private listen(): void {
    clearTimeout(this.heartbeat)
    const { ping } = this.options
    if (!ping) return
    this.heartbeat = setTimeout(() => {
      if (!this.send(ping)) return
      this.heartbeat = setTimeout(() => {
        // A close handshake with a peer that is gone takes minutes; nobody waits for it.
        const dead = this.socket
        if (!dead) return
        dead.onclose = null
        dead.close()
        this.generation++
        this.later()
      }, patience_ms)
    }, quiet_ms)
  }
}
