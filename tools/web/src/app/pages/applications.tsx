import type { Page as PageOf } from '../../shared/api'
import { ago, plural, words } from '../../shared/format'
import { useEvery, useLoad } from '../../shared/load'
import { href, usePage } from '../../shared/router'
import { Await, Badge, Empty } from '../../shared/ui/basic'
import { api } from '../state'
import type { Application, Status } from '../types'
import { ApplicationDetail } from './application'

const tones: Partial<Record<Status, 'good' | 'warn' | 'bad' | 'accent'>> = {
  approved: 'accent', queued: 'accent', submitting: 'accent', submitted: 'good', interviewing: 'good', offered: 'good',
  needs_input: 'warn', unknown: 'warn', failed: 'bad', rejected: 'bad',
}

export const StatusBadge = ({ status }: { status: Status }) => <Badge tone={tones[status] ?? 'neutral'}>{words(status)}</Badge>

function List({ items, chosen }: { items: Application[]; chosen: string | undefined }) {
  return (
    <nav aria-label="Applications">
      <ol class="picks">
        {items.map((a) => (
          <li key={a.id}>
            <a href={href('applications', a.id)} aria-current={a.id === chosen ? 'true' : undefined}>
              <span class="pick-title">{a.job_title}</span>
              <span class="muted">{a.company}</span>
              <span class="pick-foot"><StatusBadge status={a.status} /><span class="muted small">{ago(a.updated_at)}</span></span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

export function ApplicationsPage({ id }: { id: string | undefined }) {
  const heading = usePage('Applications')
  const all = useLoad(() => api.get<PageOf<Application>>('/applications?limit=50'), [id])
  useEvery(all.refresh, 3000, all.value !== undefined)
  return (
    <>
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>Applications</h1>
          <p>{all.value?.items.length ? plural(all.value.items.length, 'application') + '.' : 'What you have applied for, and how it goes.'}</p>
        </div>
      </div>
      <Await of={all}>
        {(page) => page.items.length === 0 && !id ? (
          <Empty icon="briefcase" title="No application yet">
            <p>Choose a match and let its documents be prepared.</p>
            <a class="button primary" href={href('matches')}>See matches</a>
          </Empty>
        ) : (
          <div class={`two ${id ? 'has-detail' : ''}`}>
            <List items={page.items} chosen={id} />
            {id ? <ApplicationDetail key={id} id={id} /> : <Empty icon="arrow" title="Choose an application"><p>Its documents and its timeline appear here.</p></Empty>}
          </div>
        )}
      </Await>
    </>
  )
}
