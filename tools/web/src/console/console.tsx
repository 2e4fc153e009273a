import { Api } from '../shared/api'
import { useLoad } from '../shared/load'
import { place, usePage } from '../shared/router'
import { Session } from '../shared/session'
import { Await, Button, Empty } from '../shared/ui/basic'
import { Frame, type Entry } from '../shared/ui/frame'
import { SignIn } from '../shared/ui/sign_in'

/** The operator's session is not the one of the page at `/`: one browser can be both. */
export const api = new Api(new Session('jobraker.console'))

interface Account {
  id: string
  email: string
  role: 'seeker' | 'employer' | 'admin'
}

const entries: Entry[] = [{ at: 'overview', title: 'Overview', icon: 'monitor' }]

function Overview() {
  const heading = usePage('Overview', 'Jobraker console')
  return <h1 ref={heading} tabIndex={-1}>Overview</h1>
}

function Page() {
  switch (place.value.path[0] ?? 'overview') {
    case 'overview':
      return <Overview />
    default:
      return <Empty icon="search" title="There is no such page" level="h1"><a href="#/">Back to the overview</a></Empty>
  }
}

function Inside() {
  const account = useLoad(() => api.get<Account>('/users/me'))
  return (
    <Await of={account}>
      {(who) => who.role === 'admin' ? (
        <Frame part="console" entries={entries} who={who.email} signOut={() => api.signOut()}>
          <Page />
        </Frame>
      ) : (
        <Empty icon="user" title="Administrators only">
          <p>{who.email} has no access to the console.</p>
          <Button onClick={() => api.signOut()}>Sign in as somebody else</Button>
        </Empty>
      )}
    </Await>
  )
}

/** The operator's page. */
export function Console() {
  return api.session.current.value ? <Inside /> : <SignIn api={api} part="console" />
}

