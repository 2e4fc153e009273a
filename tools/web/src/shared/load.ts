import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** Something that is fetched: what there is of it, whether it is being fetched, what went wrong. */
export interface Loaded<T> {
  value: T | undefined
  error: unknown
  busy: boolean
  /** Fetches again; what is there stays until the answer comes. */
  reload: () => void
  /** Fetches again without saying so; never rejects. For `useEvery`. */
  refresh: () => Promise<void>
  /** Puts a value there that is known already. */
  set: (value: T) => void
}

/** Fetches when the page appears and when `keys` change; an answer that comes too late is left out. */
export function useLoad<T>(fetcher: (signal: AbortSignal) => Promise<T>, keys: unknown[] = []): Loaded<T> {
  const [state, setState] = useState<{ value: T | undefined; error: unknown; busy: boolean }>({ value: undefined, error: undefined, busy: true })
  const [turn, setTurn] = useState(0)
  const latest = useRef(fetcher)
  latest.current = fetcher
  const control = useRef(new AbortController())
  // Of two requests under way the later one counts, whichever is answered first.
  const begun = useRef(0)
  const taken = useRef(0)
  const take = useCallback((number: number, value: T) => {
    if (number < taken.current) return
    taken.current = number
    setState({ value, error: undefined, busy: false })
  }, [])
  useEffect(() => {
    control.current = new AbortController()
    const { signal } = control.current
    const number = ++begun.current
    setState((s) => ({ ...s, busy: true }))
    latest.current(signal).then(
      (value) => signal.aborted || take(number, value),
      (error: unknown) => signal.aborted || setState((s) => ({ ...s, error, busy: false })),
    )
    return () => control.current.abort()
  }, [turn, ...keys])
  const reload = useCallback(() => setTurn((t) => t + 1), [])
  const refresh = useCallback(async () => {
    const { signal } = control.current
    const number = ++begun.current
    try {
      const value = await latest.current(signal)
      if (!signal.aborted) take(number, value)
    } catch (error) {
      if (!signal.aborted) setState((s) => ({ ...s, error }))
    }
  }, [])
  const set = useCallback((value: T) => setState({ value, error: undefined, busy: false }), [])
  return { ...state, reload, refresh, set }
}

/** Calls `work` every `ms` while `on` and the page can be seen; never twice at once. */
export function useEvery(work: () => Promise<unknown> | void, ms: number, on: boolean): void {
  const latest = useRef(work)
  latest.current = work
  useEffect(() => {
    if (!on) return
    let timer: ReturnType<typeof setTimeout>
    let stopped = false
    const turn = async () => {
      try {
        if (document.visibilityState === 'visible') await latest.current()
      } finally {
        if (!stopped) timer = setTimeout(() => void turn(), ms)
      }
    }
    timer = setTimeout(() => void turn(), ms)
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [ms, on])
}
