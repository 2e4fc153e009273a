// The part of Markdown that documents and answers use, as data: no HTML, so nothing can be smuggled in.

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'code'; text: string }
  | { kind: 'source'; id: string }
  | { kind: 'strong' | 'em'; parts: Inline[] }
  | { kind: 'link'; url: string; parts: Inline[] }

export type Block =
  | { kind: 'heading'; level: number; parts: Inline[] }
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; text: string }

const patterns: [RegExp, (m: RegExpMatchArray) => Inline][] = [
  [/^\\\n/, () => ({ kind: 'break' })],
  [/^\\([!-/:-@[-`{-~])/, (m) => ({ kind: 'text', text: m[1]! })],
  [/^`([^`]+)`/, (m) => ({ kind: 'code', text: m[1]! })],
  [/^\[(S\d{1,3})\]/, (m) => ({ kind: 'source', id: m[1]! })],
  [/^\[([^\]]+)\]\(((?:https?:|mailto:)[^\s)]+)\)/, (m) => ({ kind: 'link', url: m[2]!, parts: inline(m[1]!) })],
  [/^\*\*(?=\S)([\s\S]*?\S)\*\*/, (m) => ({ kind: 'strong', parts: inline(m[1]!) })],
  [/^\*(?=\S)([^*]*?\S)\*(?!\*)/, (m) => ({ kind: 'em', parts: inline(m[1]!) })],
  [/^[^\\`[*]+/, (m) => ({ kind: 'text', text: m[0] })],
]

export function inline(text: string): Inline[] {
  const out: Inline[] = []
  while (text) {
    const [match, make] = patterns.map(([p, f]) => [text.match(p), f] as const).find(([m]) => m) ?? []
    const next: Inline = match && make ? make(match) : { kind: 'text', text: text[0]! }
    const last = out.at(-1)
    if (next.kind === 'text' && last?.kind === 'text') last.text += next.text
    else out.push(next)
    text = text.slice(match ? match[0].length : 1)
  }
  return out
}

const bullet = /^\s*[-*+]\s+/
const number = /^\s*\d+[.)]\s+/

function list(lines: string[], mark: RegExp): Inline[][] {
  const items: string[] = []
  for (const line of lines) {
    if (mark.test(line)) items.push(line.replace(mark, ''))
    else items[items.length - 1] += '\n' + line.trim()
  }
  return items.map(inline)
}

function block(lines: string[]): Block[] {
  const first = lines[0]!
  const heading = first.match(/^(#{1,4})\s+(.*)$/)
  if (heading) return [{ kind: 'heading', level: heading[1]!.length, parts: inline(heading[2]!) }, ...(lines.length > 1 ? block(lines.slice(1)) : [])]
  for (const mark of [bullet, number]) if (mark.test(first)) return [{ kind: 'list', ordered: mark === number, items: list(lines, mark) }]
  // A list may follow its sentence without an empty line.
  const at = lines.findIndex((line, i) => i > 0 && (bullet.test(line) || number.test(line)))
  if (at > 0) return [...block(lines.slice(0, at)), ...block(lines.slice(at))]
  return [{ kind: 'paragraph', parts: inline(lines.join('\n')) }]
}

export function markdown(text: string): Block[] {
  const out: Block[] = []
  let pending: string[] = []
  let code: string[] | null = null
  const flush = () => {
    if (pending.length) out.push(...block(pending))
    pending = []
  }
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    if (line.startsWith('```')) {
      if (code) out.push({ kind: 'code', text: code.join('\n') })
      else flush()
      code = code ? null : []
    } else if (code) code.push(line)
    else if (line.trim()) pending.push(line)
    else flush()
  }
  flush()
  if (code) out.push({ kind: 'code', text: code.join('\n') })
  return out
}
