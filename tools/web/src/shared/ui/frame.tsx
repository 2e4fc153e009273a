import type { ComponentChildren } from 'preact'
import { href, place } from '../router'
import { setTheme, theme, type Theme } from '../theme'
import { Button } from './basic'
import { Confirmations } from './dialog'
import { Brand, Icon, type IconName } from './icon'
import { Toasts } from './toast'

const next: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }
const icons: Record<Theme, IconName> = { system: 'monitor', light: 'sun', dark: 'moon' }

/** Switches between what the system wants, light, and dark. */
export function ThemeButton() {
  const now = theme.value
  return (
    <Button look="plain" icon={icons[now]} aria-label={`Colours: ${now}. Change to ${next[now]}`} title={`Colours: ${now}`} onClick={() => setTheme(next[now])} />
  )
}

export interface Entry {
  /** First part of its address. */
  at: string
  title: string
  icon: IconName
  /** A figure beside the title, when it is not zero. */
  count?: number
}

/** The frame of a page of a signed-in person: name, navigation, account, and what is said in passing. */
export function Frame({ part, entries, who, signOut, children, tools }: { part?: string; entries: Entry[]; who: string; signOut: () => void; children: ComponentChildren; tools?: ComponentChildren }) {
  const here = place.value.path[0] ?? entries[0]?.at
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus() }}>Skip to the content</a>
      <header class="bar">
        <a class="bar-brand" href="#/"><Brand part={part} /></a>
        <nav class="bar-nav" aria-label="Main">
          {entries.map((entry) => (
            <a key={entry.at} href={href(entry.at)} aria-current={here === entry.at ? 'page' : undefined}>
              <Icon name={entry.icon} />
              <span>{entry.title}</span>
              {!!entry.count && <span class="count">{entry.count}</span>}
            </a>
          ))}
        </nav>
        <div class="bar-tools">
          {tools}
          <ThemeButton />
          <span class="who" title={who}>{who}</span>
          <Button look="plain" icon="signout" aria-label="Sign out" title="Sign out" onClick={signOut} />
        </div>
      </header>
      <main id="main" tabIndex={-1}>{children}</main>
      <Toasts />
      <Confirmations />
    </div>
  )
}
