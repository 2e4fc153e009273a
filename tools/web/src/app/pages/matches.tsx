import { useState } from 'preact/hooks'
import type { Page as PageOf, Task } from '../../shared/api'
import { ago, money, plural, words } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { go, href, place, setQuery, usePage } from '../../shared/router'
import { Await, Badge, Button, Empty, Hidden, Note, Problem, Progress } from '../../shared/ui/basic'
import { Select } from '../../shared/ui/form'
import { Icon } from '../../shared/ui/icon'
import { complain, say } from '../../shared/ui/toast'
import { Rich } from '../rich'
import { agreed, api } from '../state'
import { isFilled } from './profile'
import type { ApplicationView, Match, Profile, ScoringResult } from '../types'

const parts: [keyof Match & `${string}_match_score`, string][] = [
  ['skills_match_score', 'Skills'],
  ['experience_match_score', 'Experience'],
  ['location_match_score', 'Place'],
  ['salary_match_score', 'Salary'],
  ['culture_match_score', 'Culture'],
]

const tone = (score: number) => (score >= 80 ? 'good' : score >= 60 ? 'accent' : 'warn')

/** The whole score as a ring with its figure. */
function Ring({ score }: { score: number }) {
  const length = 2 * Math.PI * 26
  return (
    <div class={`ring ${tone(score)}`}>
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <circle cx="32" cy="32" r="26" />
        <circle cx="32" cy="32" r="26" stroke-dasharray={`${(length * score) / 100} ${length}`} />
      </svg>
      <strong aria-hidden="true">{Math.round(score)}</strong>
      <Hidden>Fits {Math.round(score)} of 100</Hidden>
    </div>
  )
}

function Bars({ match }: { match: Match }) {
  return (
    <dl class="bars">
      {parts.map(([key, title]) => (
        <div key={key}>
          <dt>{title}</dt>
          <dd>
            <span class="track" aria-hidden="true"><span style={{ width: `${match[key]}%` }} /></span>
            <span class="figure">{Math.round(match[key])}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

async function apply(match: Match): Promise<void> {
  if (!(await agreed('auto_apply'))) return
  const application = await api.post<ApplicationView>(`/jobs/${match.job_id}/auto-apply`)
  go('applications', application.id)
}

function Card({ match, rank }: { match: Match; rank: number }) {
  const { job } = match
  const [busy, setBusy] = useState(false)
  const begin = () => {
    setBusy(true)
    apply(match).catch(complain).finally(() => setBusy(false))
  }
  const pay = money(job.salary_min, job.salary_max, job.salary_currency)
  return (
    <li class="card match" style={{ '--i': rank }}>
      <Ring score={match.compatibility_score} />
      <div class="match-body">
        <header>
          <h2>{job.title}</h2>
          <p class="match-company">{job.company}</p>
        </header>
        <ul class="match-facts">
          <li><Icon name="pin" size={15} />{job.location || 'Place not given'}</li>
          {job.workplace !== 'unknown' && <li><Badge tone={job.workplace === 'remote' ? 'accent' : 'neutral'}>{words(job.workplace)}</Badge></li>}
          {job.job_type && <li><Badge>{words(job.job_type)}</Badge></li>}
          <li class={pay ? '' : 'muted'}>{pay ? `${pay}${job.salary_predicted ? ' (estimate)' : ''}` : 'Pay not given'}</li>
          {job.posted_at && <li class="muted">Posted {ago(job.posted_at)}</li>}
        </ul>
        <p class="reasoning">{match.ai_reasoning}</p>
        <div class="factors">
          {match.match_factors.length > 0 && (
            <ul class="signs good" aria-label="What speaks for it">{match.match_factors.map((f) => <li key={f}><Icon name="plus" size={15} />{f}</li>)}</ul>
          )}
          {match.mismatch_factors.length > 0 && (
            <ul class="signs warn" aria-label="What speaks against it">{match.mismatch_factors.map((f) => <li key={f}><Icon name="minus" size={15} />{f}</li>)}</ul>
          )}
        </div>
        <details>
          <summary>The posting</summary>
          <Rich text={job.description} />
        </details>
        <div class="row">
          <Button look={rank === 0 ? 'primary' : 'soft'} icon="send" busy={busy} onClick={begin} aria-label={`Prepare an application: ${job.title}, ${job.company}`}>Prepare an application</Button>
          {job.source_url && <a class="button soft" href={job.source_url} target="_blank" rel="noopener noreferrer">Open the posting<Icon name="external" size={15} /><Hidden>(new tab)</Hidden></a>}
          {job.attribution && <span class="muted small">via {job.attribution}</span>}
        </div>
      </div>
      <Bars match={match} />
    </li>
  )
}

const limits: [string, string][] = [['0', 'All'], ['50', '50 and more'], ['60', '60 and more'], ['70', '70 and more'], ['80', '80 and more'], ['90', '90 and more']]

/** Starts a scoring run and says how far it is. */
function useScoring(done: () => void) {
  const [task, setTask] = useState<Pick<Task, 'stage' | 'done' | 'total'>>()
  const [error, setError] = useState<unknown>()
  const start = async () => {
    setError(undefined)
    setTask({ stage: 'looking for jobs', done: 0, total: 0 })
    try {
      const result = await api.run<ScoringResult>('/profiles/score-jobs/me', { onProgress: setTask })
      say(result.scored ? `${plural(result.scored, 'job')} scored, ${plural(result.matches, 'match', 'matches')}.` : 'Nothing new to score.')
      done()
    } catch (thrown) {
      setError(thrown)
    }
    setTask(undefined)
  }
  return { task, error, start }
}

export function MatchesPage() {
  const heading = usePage('Matches')
  const min = place.value.query.get('min') ?? '60'
  const profile = useLoad(() => api.find<Profile>('/profiles/profile/me'))
  const matches = useLoad(() => api.get<PageOf<Match>>(`/profiles/matches/me?limit=50&min_score=${encodeURIComponent(min)}`), [min])
  const scoring = useScoring(matches.reload)
  if (!profile.busy && profile.error === undefined && !isFilled(profile.value))
    return (
      <>
        <h1 ref={heading} tabIndex={-1}>Matches</h1>
        <Empty icon="document" title="First, your résumé">
          <p>Jobs are scored against your profile, and there is none yet.</p>
          <a class="button primary" href={href('profile')}>Hand in a résumé</a>
        </Empty>
      </>
    )
  return (
    <>
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>Matches</h1>
          <p role="status">{matches.value ? `${matches.value.next ? 'At least ' : ''}${plural(matches.value.items.length, 'job suits you', 'jobs suit you')}.` : 'Looking…'}</p>
        </div>
        <div class="row tools">
          <Select label="Lowest score" value={min} options={limits} onChange={(event) => setQuery('min', event.currentTarget.value)} />
          <Button icon="refresh" busy={!!scoring.task} onClick={() => void scoring.start()}>Score jobs</Button>
        </div>
      </div>
      <div class="stack">
        {scoring.task && <section class="card"><Progress label={words(scoring.task.stage || 'Waiting')} done={scoring.task.done} of={scoring.task.total} /></section>}
        {scoring.error !== undefined && <Problem error={scoring.error} retry={() => void scoring.start()} />}
        <Await of={matches} lines={9}>
          {(page) => page.items.length ? (
            <>
              <ol class="matches">{page.items.map((match, i) => <Card key={match.job_id} match={match} rank={i} />)}</ol>
              {page.next && <Note>These are the best {page.items.length}. Raise the score to see fewer.</Note>}
            </>
          ) : (
            !scoring.task && (
              <Empty icon="spark" title={min === '0' ? 'No job has been scored yet' : 'Nothing at this score'}>
                <p>Scoring looks at recent postings and tells for each how well it fits, and why.</p>
                <Button look="primary" icon="refresh" onClick={() => void scoring.start()}>Score jobs</Button>
              </Empty>
            )
          )}
        </Await>
      </div>
    </>
  )
}
