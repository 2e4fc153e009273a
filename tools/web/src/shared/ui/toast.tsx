import { signal } from '@preact/signals'
import { describe } from '../problem'
import { Button } from './basic'
import { Icon } from './icon'

interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad' | 'neutral'
}
const shown = signal<Toast[]>([])
let next = 1
const life_ms = 6000
const most = 3

function remove(id: number): void {
  shown.value = shown.value.filter((t) => t.id !== id)
}

/** Says something in passing; errors stay until they are closed. */
export function say(text: string, tone: Toast['tone'] = 'good'): void {
  const id = next++
  shown.value = [...shown.value, { id, text, tone }].slice(-most)
  if (tone !== 'bad') setTimeout(() => remove(id), life_ms)
}

/** Says what went wrong. For `catch`. */
export const complain = (error: unknown) => say(describe(error), 'bad')

/** Where what is said appears; once on a page. */
export function Toasts() {
  return (
    <div class="toasts" role="log" aria-live="polite" aria-label="Notices">
      {shown.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.tone}`}>
          <Icon name={toast.tone === 'bad' ? 'alert' : toast.tone === 'good' ? 'check' : 'bell'} />
          <span>{toast.text}</span>
          <Button look="plain" size="small" icon="close" aria-label={`Dismiss: ${toast.text}`} onClick={() => remove(toast.id)} />
        </div>
      ))}
    </div>
  )
}
