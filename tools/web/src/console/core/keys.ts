/** Where `g` and a letter lead. */
export const places: Record<string, string> = {
  o: 'overview', a: 'actors', t: 'traces', m: 'models', e: 'events', s: 'schedules', p: 'applications', r: 'reports', u: 'audit', c: 'settings',
}

export type Command =
  | { do: 'go'; to: string }
  | { do: 'help' | 'search' | 'leave' | 'open' | 'live' | 'refresh' }
  | { do: 'move'; by: number }

export interface Press {
  key: string
  ctrl: boolean
  alt: boolean
  meta: boolean
  /** The focus is where text is typed. */
  typing: boolean
  /** Something else answers Enter and Space: a button, a link. */
  control: boolean
}

const pairs_ms = 1200

/** Turns keys into commands; remembers a `g` for a moment. */
export class Keys {
  private prefix = -Infinity

  press(p: Press, now: number): Command | null {
    const waiting = now - this.prefix < pairs_ms
    this.prefix = -Infinity
    if (p.key === 'Escape') return { do: 'leave' }
    if (p.ctrl || p.alt || p.meta || p.typing) return null
    if (waiting) {
      const to = places[p.key]
      return to ? { do: 'go', to } : null
    }
    switch (p.key) {
      case 'g':
        this.prefix = now
        return null
      case '?':
        return { do: 'help' }
      case '/':
        return { do: 'search' }
      case 'j':
        return { do: 'move', by: 1 }
      case 'k':
        return { do: 'move', by: -1 }
      case 'l':
        return { do: 'live' }
      case 'r':
        return { do: 'refresh' }
      case 'Enter':
        return p.control ? null : { do: 'open' }
      default:
        return null
    }
  }
}
