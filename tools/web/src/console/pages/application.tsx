import { moment, words } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { Badge } from '../../shared/ui/basic'
import { Dialog } from '../../shared/ui/dialog'
import { past } from '../core/figures'
import { maskText } from '../core/mask'
import { nextLook, why, type ApplicationEvent, type State, type Watched } from '../core/watched'
import { api } from '../state'
import { ActorLink, Gate } from '../ui/parts'

const tones: Partial<Record<State, 'good' | 'warn' | 'bad' | 'accent'>> = { submitted: 'good', interviewing: 'good', offered: 'good', unknown: 'bad', failed: 'bad', needs_input: 'warn', submitting: 'accent', queued: 'accent', approved: 'accent' }

/** Where an application stands, and whether it cannot go on. */
export const Standing = ({ of }: { of: Watched }) => <><Badge tone={tones[of.state] ?? 'neutral'}>{words(of.state)}</Badge>{of.stuck && <> <Badge tone="bad">stuck</Badge></>}</>

/** One application: what it is, and what has happened to it. What people wrote is covered where it may be personal. */
export function Timeline({ of, close }: { of: Watched; close: () => void }) {
  const events = useLoad((signal) => api.get<{ items: ApplicationEvent[] }>(`/applications/${of.id}/events`, { signal }), [of.id])
  return (
    <Dialog title={`${of.title}, ${of.company}`} close={close} wide>
      <p><Standing of={of} />{of.stuck && <> {why(of)}</>}</p>
      <dl class="facts">
        <div><dt>Since</dt><dd>{moment(of.since)}</dd></div>
        <div><dt>Next look</dt><dd>{nextLook(of.next_check_at, Date.now())}</dd></div>
        <div><dt>Attempts</dt><dd>{of.attempts}</dd></div>
        <div><dt>Run</dt><dd>{of.run_id ? <code>{of.run_id}</code> : 'none'}</dd></div>
        <div><dt>Actor</dt><dd><ActorLink path={`/applications/${of.id}`} /></dd></div>
        <div><dt>Person</dt><dd><ActorLink path={`/users/${of.user_id}`} /></dd></div>
      </dl>
      <h3>Timeline</h3>
      <Gate of={events} what="The timeline">
        {({ items }) => (
          <ol class="timeline" aria-label="Timeline">
            {items.map((event) => (
              <li key={event.seq}>
                <time class="muted small" dateTime={event.at} title={moment(event.at)}>{past(event.at)}</time> <Badge tone={tones[event.status] ?? 'neutral'}>{words(event.status)}</Badge> <span>{maskText(event.detail)}</span>
              </li>
            ))}
          </ol>
        )}
      </Gate>
    </Dialog>
  )
}
