import { useEffect } from 'preact/hooks'
import { useLoad } from '../shared/load'
import { place } from '../shared/router'
import { Await, Empty } from '../shared/ui/basic'
import { Frame, type Entry } from '../shared/ui/frame'
import { Icon, type IconName } from '../shared/ui/icon'
import { SignIn } from '../shared/ui/sign_in'
import { connect, disconnect } from './chat'
import { Bell } from './notices'
import { ApplicationsPage } from './pages/applications'
import { ChatPage } from './pages/chat'
import { MatchesPage } from './pages/matches'
import { ProfilePage } from './pages/profile'
import { api, consents, readConsents, unread } from './state'
import type { Account } from './types'

const entries: Entry[] = [
  { at: 'profile', title: 'Profile', icon: 'user' },
  { at: 'matches', title: 'Matches', icon: 'spark' },
  { at: 'applications', title: 'Applications', icon: 'briefcase' },
  { at: 'assistant', title: 'Assistant', icon: 'chat' },
]

const promises: [IconName, string, string][] = [
  ['document', 'Your résumé becomes a profile', 'PDF, Word, text or a photo: skills, experience and wishes are read out of it.'],
  ['spark', 'Matches that say why', 'Every posting is scored, with the reasons for and against it.'],
  ['send', 'Apply, and watch it happen', 'A résumé and a letter for the post, sent once, after your yes.'],
]

function Welcome() {
  return (
    <SignIn api={api} register>
      <section class="pitch" aria-label="What Jobraker does">
        <p class="pitch-line">Find the work that fits&nbsp;you.</p>
        <ul>
          {promises.map(([icon, title, text]) => (
            <li key={title}>
              <span class="pitch-icon"><Icon name={icon} size={20} /></span>
              <div>
                <strong>{title}</strong>
                <p>{text}</p>
              </div>
            </li>
          ))}
        </ul>
        <p class="small"><a href="/licences.txt">Licences</a></p>
      </section>
    </SignIn>
  )
}

function Page() {
  const [first = 'profile', id] = place.value.path
  switch (first) {
    case 'profile':
      return <ProfilePage />
    case 'matches':
      return <MatchesPage />
    case 'applications':
      return <ApplicationsPage id={id} />
    case 'assistant':
      return <ChatPage id={id} />
    default:
      return <Empty icon="search" title="There is no such page" level="h1"><a href="#/">Back to the profile</a></Empty>
  }
}

function Inside() {
  const account = useLoad(() => api.get<Account>('/users/me'))
  const allowed = useLoad(readConsents)
  useEffect(() => {
    connect()
    return () => {
      disconnect()
      consents.value = undefined
      unread.value = 0
    }
  }, [])
  return (
    <Frame entries={entries} who={account.value?.email ?? ''} signOut={() => api.signOut()} tools={<Bell />}>
      {allowed.error !== undefined && consents.value === undefined ? <Await of={allowed}>{() => null}</Await> : <Page />}
    </Frame>
  )
}

/** The page of somebody who tries the product. */
export function App() {
  return api.session.current.value ? <Inside /> : <Welcome />
}
