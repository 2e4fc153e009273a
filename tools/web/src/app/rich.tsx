import { markdown, type Block, type Inline } from './markdown'

type Source = (id: string) => preact.ComponentChildren

function parts(inline: Inline[], source?: Source): preact.ComponentChildren {
  return inline.map((part) => {
    switch (part.kind) {
      case 'text':
        return part.text
      case 'break':
        return <br />
      case 'code':
        return <code>{part.text}</code>
      case 'source':
        return source?.(part.id) ?? `[${part.id}]`
      case 'strong':
        return <strong>{parts(part.parts, source)}</strong>
      case 'em':
        return <em>{parts(part.parts, source)}</em>
      case 'link':
        return <a href={part.url} target="_blank" rel="noopener noreferrer">{parts(part.parts, source)}</a>
    }
  })
}

function block(b: Block, source: Source | undefined, top: number) {
  switch (b.kind) {
    case 'heading': {
      const Tag = `h${Math.min(6, b.level + top - 1)}` as 'h3'
      return <Tag class={`h-${b.level}`}>{parts(b.parts, source)}</Tag>
    }
    case 'paragraph':
      return <p>{parts(b.parts, source)}</p>
    case 'code':
      return <pre>{b.text}</pre>
    case 'list': {
      const items = b.items.map((item) => <li>{parts(item, source)}</li>)
      return b.ordered ? <ol>{items}</ol> : <ul>{items}</ul>
    }
  }
}

/** Markdown on the screen. `top` is the level of its first heading; `source` shows what an answer rests on. */
export function Rich({ text, source, top = 3 }: { text: string; source?: Source; top?: number }) {
  return <div class="rich">{markdown(text).map((b) => block(b, source, top))}</div>
}
