import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Button } from './basic'

/** A modal dialog; Escape and a click beside it close it, and the focus goes back to where it was. */
export function Dialog({ title, close, children, wide = false }: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    const dialog = box.current!
    dialog.showModal()
    return () => {
      dialog.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={box}
      class={wide ? 'wide' : ''}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => event.target === box.current && close()}
    >
      <div class="dialog-body">
        <div class="dialog-head">
          <h2 id={id}>{title}</h2>
          <Button look="plain" size="small" icon="close" aria-label="Close" onClick={close} />
        </div>
        {children}
      </div>
    </dialog>
  )
}

interface Question {
  title: string
  text: ComponentChildren
  yes: string
  danger?: boolean
  answer: (yes: boolean) => void
}
const question = signal<Question | null>(null)

/** Asks before something that cannot be taken back; needs `<Confirmations />` on the page. */
export function confirmed(title: string, text: ComponentChildren, yes: string, danger = false): Promise<boolean> {
  return new Promise((resolve) => {
    question.value = {
      title, text, yes, danger,
      answer: (value) => {
        question.value = null
        resolve(value)
      },
    }
  })
}

export function Confirmations() {
  const asked = question.value
  if (!asked) return null
  return (
    <Dialog title={asked.title} close={() => asked.answer(false)}>
      <div class="dialog-text">{asked.text}</div>
      <div class="actions">
        <Button onClick={() => asked.answer(false)}>Cancel</Button>
        <Button look={asked.danger ? 'danger' : 'primary'} onClick={() => asked.answer(true)}>{asked.yes}</Button>
      </div>
    </Dialog>
  )
}
