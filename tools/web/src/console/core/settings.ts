/** A setting as `GET /admin/config` tells of it: secrets are masked by the server. */
export interface Setting {
  key: string
  meaning: string
  value: string | number | boolean | string[] | null
  secret: boolean
  source: 'default' | 'file' | 'environment'
}

/** An address may carry a password before its @; the server covers it, and so does the page. */
const withCredentials = /^(\w+:\/\/[^:/@\s]*):.*@/

/** The value in words; null: there is nothing to be shown. */
export function valueOf(setting: Setting): string | null {
  if (setting.secret || setting.value === null) return null
  const text = Array.isArray(setting.value) ? setting.value.join(', ') : String(setting.value)
  return text.replace(withCredentials, '$1:•••@')
}

/** Those whose name or meaning has all the words in it. */
export function found(settings: Setting[], text: string): Setting[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return settings.filter((s) => words.every((word) => s.key.includes(word) || s.meaning.toLowerCase().includes(word)))
}
