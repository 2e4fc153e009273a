import { useEffect } from 'preact/hooks'
import { useEvery, useLoad } from '../shared/load'
import { href, place } from '../shared/router'
import { Await, Button, Empty } from '../shared/ui/basic'
import { Confirmations } from '../shared/ui/dialog'
import { ThemeButton } from '../shared/ui/frame'
import { Brand } from '../shared/ui/icon'
import { SignIn } from '../shared/ui/sign_in'
import { Toasts } from '../shared/ui/toast'
import { help_shown, useKeyboard } from './keyboard'
import { ActorsPage } from './pages/actors'
import { ApplicationsPage } from './pages/applications'
import { AuditPage } from './pages/audit'
import { EventsPage } from './pages/events'
import { ModelsPage } from './pages/models'
import { OverviewPage } from './pages/overview'
import { ReportsPage } from './pages/reports'
import { SchedulesPage } from './pages/schedules'
import { SettingsPage } from './pages/settings'
import { TracesPage } from './pages/traces'
import { api, sample, samples, type Account } from './state'
import { Glyph, type GlyphName } from './ui/glyph'
import { Help } from './ui/help'

const entries: { at: GlyphName; title: string; key: string }[] = [
  { at: 'overview', title: 'Overview', key: 'o' },
  { at: 'actors', title: 'Actors', key: 'a' },
  { at: 'traces', title: 'Traces', key: 't' },
  { at: 'models', title: 'Model calls', key: 'm' },
  { at: 'events', title: 'Events', key: 'e' },
  { at: 'schedules', title: 'Schedules', key: 's' },
  { at: 'applications', title: 'Applications', key: 'p' },
  { at: 'reports', title: 'Reports', key: 'r' },
  { at: 'audit', title: 'Audit', key: 'u' },
  { at: 'settings', title: 'Settings', key: 'c' },
]

const pages: Record<string, () => preact.JSX.Element> = {
  overview: OverviewPage, actors: ActorsPage, traces: TracesPage, models: ModelsPage, events: EventsPage, schedules: SchedulesPage,
  applications: ApplicationsPage, reports: ReportsPage, audit: AuditPage, settings: SettingsPage,
}

const often_ms = 2000
const seldom_ms = 10_000

function Page() {
  const Shown = pages[place.value.path[0] ?? 'overview']
  if (Shown) return <Shown />
  return <Empty icon="search" title="There is no such page" level="h1"><a href="#/">Back to the overview</a></Empty>
}

/** How many alarms and dead letters there are, beside the page that shows them. */
function countOf(at: string): number {
  const last = samples.value[samples.value.length - 1]?.data
  if (!last) return 0
  return at === 'actors' ? last.alarms.length : at === 'events' ? (last.events.dead_letters ?? 0) : 0
}

function Rail({ who }: { who: string }) {
  const at = place.value.path[0] ?? 'overview'
  return (
    <header class="rail">
      <a class="rail-brand" href="#/"><Brand part="console" /></a>
      <nav aria-label="Main">
        {entries.map((entry) => (
          <a key={entry.at} href={href(entry.at)} aria-current={at === entry.at ? 'page' : undefined}>
            <Glyph name={entry.at} />
            <span>{entry.title}</span>
            {countOf(entry.at) > 0 && <span class="count">{countOf(entry.at)}</span>}
          </a>
        ))}
      </nav>
      <div class="rail-tools">
        <span class="who" title={who}>{who}</span>
        <button type="button" class="button plain normal bare" aria-label="Keyboard help" title="Keyboard help (?)" onClick={() => (help_shown.value = true)}><Glyph name="help" /></button>
        <ThemeButton />
        <Button look="plain" icon="signout" aria-label="Sign out" title="Sign out" onClick={() => api.signOut()} />
      </div>
    </header>
  )
}

function Frame({ who }: { who: string }) {
  useKeyboard()
  const first = (place.value.path[0] ?? 'overview') === 'overview'
  useEffect(() => void sample(), [])
  useEvery(sample, first ? often_ms : seldom_ms, true)
  return (
    <div class="console">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById('main')?.focus() }}>Skip to the content</a>
      <Rail who={who} />
      <main id="main" tabIndex={-1}><Page key={place.value.path[0] ?? 'overview'} /></main>
      <Toasts />
      <Confirmations />
      <Help />
    </div>
  )
}

function Inside() {
  const account = useLoad(() => api.get<Account>('/users/me'))
  return (
    <Await of={account}>
      {(who) => who.role === 'admin' ? <Frame who={who.email} /> : (
        <main class="refused">
          <Empty icon="user" title="Administrators only" level="h1">
            <p>{who.email} has no access to the console.</p>
            <Button onClick={() => api.signOut()}>Sign in as somebody else</Button>
          </Empty>
        </main>
      )}
    </Await>
  )
}

/** The operator's page. */
export function Console() {
  return api.session.current.value ? <Inside /> : <SignIn api={api} part="console" />
}
