// The parts of the API's answers that this page shows.

export interface Account {
  id: string
  email: string
  role: string
}

export interface Consents {
  resume_parsing: boolean
  ai_chat: boolean
  embeddings: boolean
  digest_email: boolean
  auto_apply: boolean
}

export interface Profile {
  personal_info: { full_name: string | null; email: string | null; phone: string | null; location: string | null; work_authorization: string | null }
  summary: { years_of_experience: number | null; career_level: string | null; professional_summary: string | null }
  skills: { programming_languages: string[]; frameworks_libraries: string[]; tools_platforms: string[]; soft_skills: string[] }
  experience: { job_titles: string[]; companies: string[]; industries: string[]; experience_descriptions: string[] }
  education: { degrees: string[]; institutions: string[]; graduation_years: number[]; relevant_coursework: string[] }
  preferences: {
    desired_roles: string[]
    preferred_locations: string[]
    salary_range_min: number | null
    salary_range_max: number | null
    salary_currency: string | null
    job_types: string[]
  }
  ai_insights: { ai_profile_summary: string; ai_strengths: string[]; ai_improvement_areas: string[]; ai_career_advice: string } | null
  version: number
  updated_at: string
  last_resume_upload: string | null
}

export interface Job {
  id: string
  source: string
  source_url: string
  attribution: string
  title: string
  company: string
  location: string
  workplace: 'unknown' | 'on_site' | 'hybrid' | 'remote'
  salary_min: number | null
  salary_max: number | null
  salary_currency: string
  salary_predicted: boolean
  job_type: string | null
  skills: string[]
  description: string
  posted_at: string | null
}

export interface Match {
  job_id: string
  compatibility_score: number
  confidence_score: number
  ai_reasoning: string
  match_factors: string[]
  mismatch_factors: string[]
  skills_match_score: number
  location_match_score: number
  experience_match_score: number
  salary_match_score: number
  culture_match_score: number
  created_at: string
  job: Job
}

export interface ScoringResult {
  total: number
  scored: number
  matches: number
  already_scored: number
}

export type Status =
  | 'draft' | 'approved' | 'queued' | 'submitting' | 'submitted' | 'needs_input' | 'unknown' | 'failed'
  | 'interviewing' | 'offered' | 'rejected' | 'withdrawn'

export interface Application {
  id: string
  job_id: string | null
  company: string
  job_title: string
  status: Status
  url: string
  created_at: string
  updated_at: string
}

export interface FormAnswer {
  question: string
  answer: string
}

export interface Run {
  run_id: string
  state: string
  failure_reason: string
  recording_url: string
  screenshot_urls: string[]
  app_url: string
  step_count: number | null
}

export interface ApplicationView extends Application {
  submission: {
    documents: { kind: string; from: 'application' | 'profile'; digest: string; version: number }[]
    documents_digest: string
    answers: FormAnswer[]
    approved: string | null
    valid: boolean
    missing: string
    retryable: boolean
    cancel_requested: boolean
    instructions: string
    runs: Run[]
  }
}

export interface ApplicationEvent {
  seq: number
  at: string
  status: Status
  detail: string
}

export type StepState = 'pending' | 'running' | 'done' | 'failed'

export interface Kit {
  status: 'running' | 'done' | 'failed'
  steps: { name: string; status: StepState; error?: { detail?: string } | null }[]
  documents: KitDocument[]
}

export interface KitDocument {
  kind: 'resume' | 'cover_letter'
  version: number
  markdown: string
  updated_at: string
  files: Record<'md' | 'docx' | 'pdf', string>
}

export interface Conversation {
  id: string
  kind: string
  title: string
  updated_at: string
}

export interface Notification {
  id: string
  kind: string
  title: string
  text: string
  subject_type: string
  subject_id: string
  created_at: string
  read_at: string | null
}
