import { describe, expect, it } from 'vitest'
import { Keys, places, type Press } from './keys'

const press = (key: string, more: Partial<Press> = {}): Press => ({ key, ctrl: false, alt: false, meta: false, typing: false, control: false, ...more })

describe('keys', () => {
  it('go places with g and a letter, if they come together', () => {
    for (const [letter, to] of Object.entries(places)) {
      const keys = new Keys()
      expect(keys.press(press('g'), 0)).toBeNull()
      expect(keys.press(press(letter), 500)).toEqual({ do: 'go', to })
    }
    const slow = new Keys()
    slow.press(press('g'), 0)
    expect(slow.press(press('a'), 5000)).toBeNull()
    const wrong = new Keys()
    wrong.press(press('g'), 0)
    expect(wrong.press(press('j'), 10)).toBeNull()
    expect(wrong.press(press('j'), 20)).toEqual({ do: 'move', by: 1 })
  })
  it('are left alone where text is typed and with modifiers, but Escape always leaves', () => {
    const keys = new Keys()
    for (const key of ['g', '?', '/', 'j', 'k', 'l', 'r', 'Enter']) {
      expect(keys.press(press(key, { typing: true }), 0)).toBeNull()
      expect(keys.press(press(key, { ctrl: true }), 0)).toBeNull()
      expect(keys.press(press(key, { meta: true }), 0)).toBeNull()
    }
    expect(keys.press(press('Escape', { typing: true }), 0)).toEqual({ do: 'leave' })
  })
  it('leave Enter to buttons and links', () => {
    expect(new Keys().press(press('Enter', { control: true }), 0)).toBeNull()
    expect(new Keys().press(press('Enter'), 0)).toEqual({ do: 'open' })
  })
})
