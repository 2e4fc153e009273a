import { signal } from '@preact/signals'
import { Api } from '../shared/api'
import { Session } from '../shared/session'
import { confirmed } from '../shared/ui/dialog'
import type { Consents } from './types'

export const api = new Api(new Session('jobraker.session'))

/** What the person has agreed to; undefined until it is known. */
export const consents = signal<Consents | undefined>(undefined)

/** How many notifications are unread; told over the live connection. */
export const unread = signal(0)

export async function readConsents(): Promise<void> {
  consents.value = await api.get<Consents>('/users/me/consents')
}

/** Gives or takes back one consent. */
export async function consent(purpose: keyof Consents, given = true): Promise<void> {
  if (consents.value?.[purpose] === given) return
  consents.value = await api.put<Consents>('/users/me/consents', { [purpose]: given })
}

const asked = {
  ai_chat: {
    title: 'Let a language model help?',
    text: 'What is written for you, and what you write to the assistant, goes through a language model, without your name and contact data. You can take this back at any time.',
  },
  auto_apply: {
    title: 'Let Jobraker apply for you?',
    text: 'Jobraker may fill in employers’ forms with your name, contact data and the documents you approve. Nothing is sent before you have seen it and said yes, each time.',
  },
}

/** Asks for a consent that is not there yet; says whether there is one now. */
export async function agreed(purpose: keyof typeof asked): Promise<boolean> {
  if (consents.value?.[purpose]) return true
  const { title, text } = asked[purpose]
  if (!(await confirmed(title, text, 'Allow'))) return false
  await consent(purpose)
  return true
}
