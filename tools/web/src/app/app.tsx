import { Api } from '../shared/api'
import { Session } from '../shared/session'
import { SignIn } from '../shared/ui/sign_in'

export const api = new Api(new Session('jobraker.session'))

export function App() {
  return <SignIn api={api} register />
}
