import { signal } from '@preact/signals'
import { Api } from '../shared/api'
import { Session } from '../shared/session'
import { complain } from '../shared/ui/toast'
import type { Consents } from './types'

export const api = new Api(new Session('jobraker.session'))

/** What the person has agreed to; undefined until it is known. */
export const consents = signal<Consents | undefined>(undefined)

export async function readConsents(): Promise<void> {
  consents.value = await api.get<Consents>('/users/me/consents')
}

/** Gives or takes back one consent. */
export async function consent(purpose: keyof Consents, given = true): Promise<void> {
  if (consents.value?.[purpose] === given) return
  consents.value = await api.put<Consents>('/users/me/consents', { [purpose]: given })
}

/** For handlers of clicks: what goes wrong is said in a notice. */
export const attempt = (work: () => Promise<unknown>) => () => void work().catch(complain)
