import { useState } from 'preact/hooks'
import { Button, Note } from '../../shared/ui/basic'
import { Dialog } from '../../shared/ui/dialog'
import { Field, Form } from '../../shared/ui/form'
import { say } from '../../shared/ui/toast'
import { plural } from '../../shared/format'
import { api } from '../state'
import type { ActionName } from '../types'

interface Meaning {
  title: string
  /** What it does, and what becomes of what is under way. */
  text: string
  /** The path is typed again, not only ticked. */
  grave: boolean
}

export const meanings: Record<ActionName, Meaning> = {
  stop: { title: 'Stop', text: 'It ends now. Messages in its mailbox are refused; what is stored stays stored. Actors that are made on demand are made again when somebody needs them.', grave: true },
  restart: { title: 'Restart', text: 'It ends and begins anew from what is stored. Messages in its mailbox are refused.', grave: true },
  drain: { title: 'Drain', text: 'It takes no new messages, finishes those it has, and ends.', grave: true },
  pause: { title: 'Pause', text: 'Messages wait in its mailbox until it is resumed, five minutes at most; whoever waits for an answer may run into a deadline.', grave: false },
  resume: { title: 'Resume', text: 'It takes messages again.', grave: false },
  trace: { title: 'Trace', text: 'Its next messages are written to the log. That ends by itself after as many messages as you say.', grave: false },
}

/** Asks for the path, a reason, and whether those below are meant, too; then does it. Every action is on record. */
export function ActionDialog({ action, path, below, close, done }: { action: ActionName; path: string; below: number; close: () => void; done: () => void }) {
  const meaning = meanings[action]
  const [subtree, setSubtree] = useState(false)
  const [typed, setTyped] = useState('')
  const [sure, setSure] = useState(false)
  const grave = meaning.grave || subtree
  const confirmed = grave ? typed === path : sure
  const send = async (data: FormData) => {
    const body = { confirm: grave ? typed : path, subtree, reason: String(data.get('reason') ?? '').trim(), ...(action === 'trace' ? { messages: Number(data.get('messages')) } : {}) }
    const answer = await api.post<{ count: number; paths: string[] }>(`/admin/actors${path.split('/').map(encodeURIComponent).join('/')}/${action}`, body)
    say(`${meaning.title}: ${plural(answer.count, 'actor')} (${answer.paths[0] ?? path}${answer.count > 1 ? ', …' : ''})`)
    close()
    done()
  }
  return (
    <Dialog title={`${meaning.title} ${path}`} close={close}>
      <p>{meaning.text}</p>
      <Form send={send} label={meaning.title}>
        {({ busy, error }) => (
          <>
            {below > 0 && action !== 'trace' && (
              <label class="check"><input type="checkbox" checked={subtree} onChange={(event) => setSubtree(event.currentTarget.checked)} />The {plural(below, 'actor')} below it, too</label>
            )}
            {action === 'trace' && <Field label="Messages" name="messages" type="number" defaultValue={100} min={1} max={10000} hint="Tracing ends after that many." error={error?.field('messages')} />}
            <Field label="Reason" name="reason" required placeholder="why, for the audit log" error={error?.field('reason')} />
            {grave ? (
              <Field
                label="Type the path to confirm" name="confirm" value={typed} autocomplete="off" placeholder={path} onInput={(event) => setTyped(event.currentTarget.value)}
                error={error?.field('confirm')} hint={typed && typed !== path ? 'That is not its path yet.' : `This means ${subtree ? 'everything at and below ' : ''}${path}`}
              />
            ) : <label class="check"><input type="checkbox" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />I mean <code>{path}</code></label>}
            {subtree && <Note tone="warn" icon="alert">{plural(below + 1, 'actor')} will be affected.</Note>}
            <footer>
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" look={meaning.grave ? 'danger' : 'primary'} busy={busy} disabled={!confirmed}>{meaning.title}</Button>
            </footer>
          </>
        )}
      </Form>
    </Dialog>
  )
}
