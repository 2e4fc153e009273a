/**
 * What is personal is not shown: addresses and numbers in texts are covered, and of recorded values only those stay that
 * look like an id, a time, a figure or a word of ours.
 */
const mail = /([\p{L}\p{N}])[\p{L}\p{N}._%+-]*@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,})/gu
// An international number, or a national one that begins with a 0; figures and ids are none.
const phone = /(?<![\w.:/-])(?:\+\d|\(?0\d)[\d\s().-]{6,17}\d(?![\w:-])/g
const secret = /\b(?:sk|pk|rk|Bearer|eyJ)[-_ .][\w.-]{6,}|\beyJ[\w-]{10,}\.[\w.-]+/g

/** A text with e-mail addresses as `a…@example.com`, telephone numbers and keys covered. */
export function maskText(text: string): string {
  return text.replace(secret, '•••').replace(mail, '$1…@$2').replace(phone, (found) => (found.replace(/\D/g, '').length >= 8 ? '•••' : found))
}

const plain = /^[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,63}$/
const hidden = /password|secret|token|api_?key|authorization|cookie/i
const named = /(^|_)(name|email|e_mail|phone|address|birth|url|link|title_of_person)($|_)/i
const ours = /(^|_)(type_name|operation_name|display_kind)($|_)/i

/** A value as JSON may hold it, for showing: strings that may be somebody's are replaced by their length. */
export function maskValue(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => maskValue(item, key))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, maskValue(v, k)]))
  if (typeof value !== 'string' || value === '') return value
  if (hidden.test(key)) return '•••'
  if (named.test(key) && !ours.test(key)) return `••• (${value.length} characters)`
  return plain.test(value) && !value.includes('@') ? value : `••• (${value.length} characters)`
}

/** JSON text, masked and written on several lines; what is no JSON is masked as a text. */
export function maskJson(text: string): string {
  try {
    return JSON.stringify(maskValue(JSON.parse(text)), null, 2)
  } catch {
    return `••• (${text.length} characters)`
  }
}
