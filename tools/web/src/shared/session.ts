import { signal } from '@preact/signals'

/** What register, login and refresh answer. */
export interface Tokens {
  access_token: string
  refresh_token: string
  expires_in: number
}

/** A signed-in session as it is kept. */
export interface Credentials {
  access: string
  refresh: string
  /** When the access token ends, in milliseconds since 1970. */
  until: number
}

function isCredentials(value: unknown): value is Credentials {
  const v = value as Partial<Credentials> | null
  return typeof v?.access === 'string' && typeof v.refresh === 'string' && typeof v.until === 'number'
}

/**
 * Who is signed in, shared by all tabs of this page. A refresh token works once, so tabs must not use it side by side:
 * `exclusively` lets one at a time.
 */
export class Session {
  readonly current = signal<Credentials | null>(null)
  /** Set when the server ended the session by itself, so that the sign-in form can say why it is there. */
  readonly expired = signal(false)

  constructor(private readonly key: string) {
    this.current.value = this.read()
    window.addEventListener('storage', (event) => {
      if (event.key === key || event.key === null) this.current.value = this.read()
    })
  }

  /** What is stored now, by whichever tab. */
  read(): Credentials | null {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(this.key) ?? 'null')
      return isCredentials(value) ? value : null
    } catch {
      return null
    }
  }

  begin(tokens: Tokens): void {
    const value = { access: tokens.access_token, refresh: tokens.refresh_token, until: Date.now() + tokens.expires_in * 1000 }
    localStorage.setItem(this.key, JSON.stringify(value))
    this.expired.value = false
    this.current.value = value
  }

  end(expired = false): void {
    localStorage.removeItem(this.key)
    this.expired.value = expired
    this.current.value = null
  }

  /** Runs `work` while no other tab does. Browsers have locks on https and localhost only; elsewhere it just runs. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const locks = (navigator as { locks?: LockManager }).locks
    return await (locks ? locks.request(`${this.key}.refresh`, work) : work())
  }
}
