import { useRef, useState } from 'preact/hooks'
import type { Task } from '../../shared/api'
import { ago, money, words } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { href, usePage } from '../../shared/router'
import { Await, Badge, Button, Note, Problem, Progress } from '../../shared/ui/basic'
import { TextArea } from '../../shared/ui/form'
import { Icon } from '../../shared/ui/icon'
import { say } from '../../shared/ui/toast'
import { api, consent } from '../state'
import type { Profile } from '../types'

const accepted = '.pdf,.docx,.odt,.rtf,.txt,.png,.jpg,.jpeg,.webp'

/** Takes a résumé as a file or as text, and shows how the reading goes. */
function Intake({ done, first }: { done: (profile: Profile) => void; first: boolean }) {
  const [over, setOver] = useState(false)
  const [task, setTask] = useState<Pick<Task, 'stage' | 'done' | 'total'>>()
  const [error, setError] = useState<unknown>()
  const [pasting, setPasting] = useState(false)
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const read = async (path: string, body: unknown, stage: string) => {
    setError(undefined)
    setTask({ stage, done: 0, total: 0 })
    try {
      await consent('resume_parsing')
      done(await api.run<Profile>(path, { body, onProgress: setTask }))
      say('Your résumé has been read.')
    } catch (thrown) {
      setError(thrown)
    }
    setTask(undefined)
  }
  const upload = (file: File | undefined) => {
    if (!file) return
    const form = new FormData()
    form.append('file', file)
    void read('/profiles/upload-resume/me', form, `Uploading ${file.name}`)
  }
  return (
    <section class="intake" aria-label="Résumé">
      {error !== undefined && <Problem error={error} />}
      {task ? (
        <div class="drop busy"><Progress label={words(task.stage || 'Waiting')} done={task.done} of={task.total} /></div>
      ) : pasting ? (
        <div class="stack">
          <TextArea label="Your résumé as text" rows={10} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          <div class="row">
            <Button look="primary" disabled={!text.trim()} onClick={() => void read('/profiles/parse-text/me', { resume_text: text }, 'Reading')}>Read it</Button>
            <Button look="plain" onClick={() => setPasting(false)}>Upload a file instead</Button>
          </div>
        </div>
      ) : (
        <div
          class={`drop ${over ? 'over' : ''}`}
          onDragOver={(event) => { event.preventDefault(); setOver(true) }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => { event.preventDefault(); setOver(false); upload(event.dataTransfer?.files[0]) }}
        >
          <span class="empty-icon"><Icon name="upload" size={26} /></span>
          <p class="drop-title">{first ? 'Drop your résumé here' : 'Drop a newer résumé here'}</p>
          <p class="muted small">PDF, Word, OpenDocument, RTF, text, or a picture</p>
          <div class="row">
            <Button look={first ? 'primary' : 'soft'} icon="document" onClick={() => input.current?.click()}>Choose a file</Button>
            <Button look="plain" onClick={() => setPasting(true)}>Paste text</Button>
          </div>
          <input ref={input} type="file" accept={accepted} hidden aria-label="Résumé file" onChange={(event) => { upload(event.currentTarget.files?.[0]); event.currentTarget.value = '' }} />
        </div>
      )}
      <p class="muted small">By handing it in you agree that it is read by a language model. The file itself is not kept.</p>
    </section>
  )
}

function Chips({ title, items }: { title: string; items: string[] }) {
  if (!items.length) return null
  return (
    <div class="chips">
      <h3>{title}</h3>
      <ul>{items.map((item) => <li key={item}>{item}</li>)}</ul>
    </div>
  )
}

function Facts({ profile }: { profile: Profile }) {
  const { experience, education, skills } = profile
  return (
    <div class="stack">
      {profile.summary.professional_summary && <section class="card"><h2>Summary</h2><p>{profile.summary.professional_summary}</p></section>}
      {experience.job_titles.length > 0 && (
        <section class="card">
          <h2>Experience</h2>
          <ol class="posts">
            {experience.job_titles.map((title, i) => (
              <li key={i}>
                <h3>{title}</h3>
                {experience.companies[i] && <p class="muted">{experience.companies[i]}</p>}
                {experience.experience_descriptions[i] && <p>{experience.experience_descriptions[i]}</p>}
              </li>
            ))}
          </ol>
        </section>
      )}
      <section class="card">
        <h2>Skills</h2>
        <Chips title="Languages" items={skills.programming_languages} />
        <Chips title="Frameworks and libraries" items={skills.frameworks_libraries} />
        <Chips title="Tools and platforms" items={skills.tools_platforms} />
        <Chips title="Personal" items={skills.soft_skills} />
      </section>
      {education.degrees.length > 0 && (
        <section class="card">
          <h2>Education</h2>
          <ol class="posts">
            {education.degrees.map((degree, i) => (
              <li key={i}>
                <h3>{degree}</h3>
                <p class="muted">{[education.institutions[i], education.graduation_years[i]].filter(Boolean).join(', ')}</p>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  )
}

function Advice({ profile }: { profile: Profile }) {
  const insights = profile.ai_insights
  if (!insights) return null
  return (
    <section class="card advice">
      <h2>What a reader notices</h2>
      <p>{insights.ai_profile_summary}</p>
      {insights.ai_strengths.length > 0 && <ul class="signs good">{insights.ai_strengths.map((s) => <li key={s}><Icon name="check" size={16} />{s}</li>)}</ul>}
      {insights.ai_improvement_areas.length > 0 && <ul class="signs warn">{insights.ai_improvement_areas.map((s) => <li key={s}><Icon name="arrow" size={16} />{s}</li>)}</ul>}
      {insights.ai_career_advice && <p class="muted">{insights.ai_career_advice}</p>}
    </section>
  )
}

function Wishes({ profile }: { profile: Profile }) {
  const { preferences: p } = profile
  const rows: [string, string][] = [
    ['Roles', p.desired_roles.join(', ')],
    ['Places', p.preferred_locations.join(', ')],
    ['Salary', money(p.salary_range_min, p.salary_range_max, p.salary_currency ?? '')],
    ['Kind of job', p.job_types.map(words).join(', ')],
  ]
  const known = rows.filter(([, value]) => value)
  return (
    <section class="card">
      <h2>Wishes</h2>
      {known.length ? (
        <dl class="facts">{known.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      ) : (
        <p class="muted">None are known. Tell the <a href={href('assistant')}>assistant</a>: “I look for remote jobs from EUR 80,000.”</p>
      )}
    </section>
  )
}

function Shown({ profile }: { profile: Profile }) {
  const { personal_info: person, summary } = profile
  const line = [
    profile.experience.job_titles[0],
    summary.years_of_experience !== null && `${summary.years_of_experience} years`,
    person.location,
  ].filter(Boolean)
  return (
    <>
      <section class="card hello">
        <div class="avatar" aria-hidden="true">{(person.full_name ?? '?').split(/\s+/).map((part) => part[0]).slice(0, 2).join('')}</div>
        <div class="hello-words">
          <h2>{person.full_name ?? 'Name not found'} {summary.career_level && summary.career_level !== 'unknown' && <Badge tone="accent">{words(summary.career_level)}</Badge>}</h2>
          <p>{line.join(' · ')}</p>
          <p class="muted small">{[person.email, person.phone, person.work_authorization].filter(Boolean).join(' · ')}</p>
        </div>
        <a class="button primary" href={href('matches')}><Icon name="spark" />See matches</a>
      </section>
      <div class="columns">
        <Facts profile={profile} />
        <div class="stack">
          <Advice profile={profile} />
          <Wishes profile={profile} />
        </div>
      </div>
    </>
  )
}

/** A new account has a profile in which nothing stands. */
export const isFilled = (p: Profile | null | undefined): p is Profile =>
  !!p && (p.last_resume_upload !== null || !!p.personal_info.full_name || p.experience.job_titles.length > 0 || Object.values(p.skills).some((s) => s.length > 0))

export function ProfilePage() {
  const heading = usePage('Profile')
  const profile = useLoad(() => api.find<Profile>('/profiles/profile/me'))
  const there = profile.value
  return (
    <>
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>Profile</h1>
          <p>{there?.last_resume_upload ? `Read ${ago(there.last_resume_upload)}.` : 'Everything begins with your résumé.'}</p>
        </div>
      </div>
      <Await of={profile} lines={8}>
        {(value) => (
          <div class="stack">
            {isFilled(value) && <Shown profile={value} />}
            <Intake first={!isFilled(value)} done={profile.set} />
            {!isFilled(value) && <Note icon="spark">Without a résumé at hand? Paste a few lines about your work; that is enough for the first matches.</Note>}
          </div>
        )}
      </Await>
    </>
  )
}
