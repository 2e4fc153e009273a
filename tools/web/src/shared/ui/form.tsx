import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { ApiError } from '../problem'
import { Problem } from './basic'

interface FieldProps {
  label: string
  hint?: string
  error?: string
  name?: string
  type?: string
  value?: string | number
  defaultValue?: string | number
  required?: boolean
  disabled?: boolean
  autocomplete?: string
  placeholder?: string
  min?: number | string
  max?: number | string
  step?: number | string
  onInput?: (event: InputEvent & { currentTarget: HTMLInputElement }) => void
}

/** A labelled input; what is wrong with it is said beside it and to screen readers. */
export function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId()
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input {...(input as object)} id={id} aria-invalid={!!error} aria-describedby={notes || undefined} />
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  )
}

type AreaProps = Omit<JSX.IntrinsicElements['textarea'], 'label'> & { label: string; hint?: string; error?: string | undefined }

export function TextArea({ label, hint, error, ...area }: AreaProps) {
  const id = useId()
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea {...area} id={id} aria-invalid={!!error} aria-describedby={notes || undefined} />
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {error && <p class="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  )
}

type SelectProps = Omit<JSX.IntrinsicElements['select'], 'label' | 'role' | 'size'> & { label: string; options: [value: string, text: string][] }

export function Select({ label, options, value, ...select }: SelectProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select {...select} id={id} value={value}>
        {options.map(([v, text]) => <option key={v} value={v}>{text}</option>)}
      </select>
    </div>
  )
}

/**
 * A form whose `send` may fail: errors of fields belong to the fields (ask `error.field(name)`), others are shown above
 * the button. After a failure the first wrong field has the focus.
 */
export function Form({ send, children, label }: { send: (data: FormData) => Promise<void>; children: (state: { busy: boolean; error: ApiError | undefined }) => ComponentChildren; label: string }) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined })
  const form = useRef<HTMLFormElement>(null)
  const alive = useRef(true)
  useEffect(() => () => void (alive.current = false), [])
  useEffect(() => {
    if (state.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [state.error])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (state.busy) return
    setState({ busy: true, error: undefined })
    let error: unknown
    try {
      await send(new FormData(event.target as HTMLFormElement))
    } catch (thrown) {
      error = thrown
    }
    if (alive.current) setState({ busy: false, error })
  }
  const known = state.error instanceof ApiError ? state.error : undefined
  return (
    <form ref={form} onSubmit={(event) => void submit(event as SubmitEvent)} aria-label={label} noValidate>
      {state.error !== undefined && !known?.fields.length && <Problem error={state.error} />}
      {children({ busy: state.busy, error: known })}
    </form>
  )
}
