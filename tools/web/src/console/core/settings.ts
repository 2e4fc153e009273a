export interface Setting {
  key: string
  value: string
  /** It is a secret: set, or not. */
  masked: boolean
}

const secret = /password|passwd|secret|token|api_?key|private_?key|(^|\.)dsn$|app_key/i
/** An address may carry a password before its @. */
const withCredentials = /^(\w+:\/\/)[^/@\s]*@/

/** Settings as `part.name`, whichever way the server groups them: nested, or as a list of names and values. */
export function flat(value: unknown, prefix = ''): Setting[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && ('key' in item || 'name' in item)) && value.length > 0)
    return value.flatMap((item: Record<string, unknown>) => flat(item['value'], `${prefix ? `${prefix}.` : ''}${String(item['key'] ?? item['name'])}`))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value)
    // The list of all stands in one member.
    if (!prefix && members.length > 0 && Array.isArray((value as Record<string, unknown>)['items'])) return flat((value as Record<string, unknown>)['items'])
    return members.flatMap(([key, inner]) => flat(inner, prefix ? `${prefix}.${key}` : key))
  }
  const masked = secret.test(prefix) && value !== '' && value !== null && typeof value !== 'boolean' && typeof value !== 'number'
  const text = value === null || value === undefined ? '' : Array.isArray(value) ? value.map(String).join(', ') : String(value)
  return [{ key: prefix, value: masked ? '' : text.replace(withCredentials, '$1•••@'), masked }]
}
