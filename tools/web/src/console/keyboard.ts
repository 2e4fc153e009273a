import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Keys, type Command } from './core/keys'

/** What the page that is shown does with the keyboard's commands. */
export interface Commands {
  move?: (by: number) => void
  open?: () => void
  /** True when there was something to leave. */
  leave?: () => boolean
  live?: () => void
  refresh?: () => void
}

const stack: Commands[] = []
export const help_shown = signal(false)

const setting = 'jobraker.console.keys'
/** Single keys can be turned off, for those who dictate (WCAG 2.1.4). */
export const keys_on = signal(localStorage.getItem(setting) !== 'off')
export function setKeys(on: boolean): void {
  keys_on.value = on
  if (on) localStorage.removeItem(setting)
  else localStorage.setItem(setting, 'off')
}

/** Gives the page's commands to the keyboard while it is shown; the latest answers first. */
export function useCommands(commands: Commands): void {
  useEffect(() => {
    stack.push(commands)
    return () => void stack.splice(stack.lastIndexOf(commands), 1)
  })
}

const typing = (e: Element | null) => e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement || (e instanceof HTMLElement && e.isContentEditable) || (e instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(e.type))

/** From row to row in whatever table is shown. */
function moveFocus(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main .row-button, main [data-row]')].filter((e) => e.offsetParent !== null)
  const at = rows.indexOf(document.activeElement as HTMLElement)
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus()
}

function perform(command: Command): boolean {
  const who = (name: keyof Commands) => [...stack].reverse().find((c) => c[name])
  switch (command.do) {
    case 'go':
      location.hash = `#/${command.to}`
      return true
    case 'help':
      help_shown.value = true
      return true
    case 'search': {
      const field = document.querySelector<HTMLInputElement>('main [data-search]')
      field?.focus()
      field?.select()
      return field !== null
    }
    case 'move': {
      const list = who('move')
      if (list) list.move!(command.by)
      else moveFocus(command.by)
      return true
    }
    case 'open': {
      const list = who('open')
      list?.open!()
      return list !== undefined
    }
    case 'live':
      who('live')?.live!()
      return true
    case 'refresh':
      who('refresh')?.refresh!()
      return true
    case 'leave': {
      const field = document.activeElement
      if (typing(field) && field instanceof HTMLElement && document.querySelector('main')?.contains(field)) {
        field.blur()
        return true
      }
      return [...stack].reverse().some((c) => c.leave?.() === true)
    }
  }
}

/** Listens to the keyboard; once, by the frame of the console. */
export function useKeyboard(): void {
  useEffect(() => {
    const keys = new Keys()
    const listen = (event: KeyboardEvent) => {
      // A dialog has the keyboard for itself.
      if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
      const focus = document.activeElement
      const command = keys.press(
        { key: event.key, ctrl: event.ctrlKey, alt: event.altKey, meta: event.metaKey, typing: typing(focus), control: !!focus?.closest('button, a, summary, input, [role=tab], [role=treegrid]') },
        event.timeStamp,
      )
      if (!command || (!keys_on.value && command.do !== 'leave')) return
      if (perform(command)) event.preventDefault()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}
