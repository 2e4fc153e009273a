import { useState } from 'preact/hooks'
import type { Api } from '../api'
import { usePage } from '../router'
import { Button, Note } from './basic'
import { Field, Form } from './form'
import { ThemeButton } from './frame'
import { Brand } from './icon'
import type { ComponentChildren } from 'preact'

/** The page of somebody who is not signed in. `register`: they may make an account themselves. */
export function SignIn({ api, part, register = false, after, children }: { api: Api; part?: string; register?: boolean; after?: () => Promise<void>; children?: ComponentChildren }) {
  const [fresh, setFresh] = useState(false)
  const title = fresh ? 'Create an account' : 'Sign in'
  const heading = usePage(title)
  const send = async (data: FormData) => {
    const email = String(data.get('email')).trim()
    const password = String(data.get('password'))
    await (fresh ? api.register(email, password) : api.signIn(email, password))
    await after?.()
  }
  return (
    <div class="welcome">
      <header class="welcome-bar">
        <Brand part={part} />
        <ThemeButton />
      </header>
      <main class={children ? 'welcome-two' : 'welcome-one'}>
        {children}
        <section class="card sign-in">
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {api.session.expired.value && <Note tone="warn" icon="clock">Your session has ended. Please sign in again.</Note>}
          <Form key={title} send={send} label={title}>
            {({ busy, error }) => (
              <>
                <Field label="E-mail" name="email" type="email" autocomplete="username" required error={error?.field('email')} />
                <Field
                  label="Password" name="password" type="password" required
                  autocomplete={fresh ? 'new-password' : 'current-password'}
                  hint={fresh ? 'At least 10 characters.' : undefined}
                  error={error?.field('password')}
                />
                <Button type="submit" look="primary" busy={busy}>{title}</Button>
              </>
            )}
          </Form>
          {register && (
            <p class="switch">
              {fresh ? 'You have an account already?' : 'New here?'}{' '}
              <button type="button" class="link" onClick={() => setFresh(!fresh)}>{fresh ? 'Sign in' : 'Create an account'}</button>
            </p>
          )}
        </section>
      </main>
    </div>
  )
}
