import { describe, expect, it } from 'vitest'
import { inline, markdown } from './markdown'

const text = (text: string) => ({ kind: 'text', text })

describe('markdown', () => {
  it('knows headings, paragraphs and lists', () => {
    expect(markdown('# A\n\nOne\ntwo.\n\n- x\n- y\n\n1. z')).toEqual([
      { kind: 'heading', level: 1, parts: [text('A')] },
      { kind: 'paragraph', parts: [text('One\ntwo.')] },
      { kind: 'list', ordered: false, items: [[text('x')], [text('y')]] },
      { kind: 'list', ordered: true, items: [[text('z')]] },
    ])
  })
  it('finds a list right after its sentence', () => {
    expect(markdown('You need:\n- a\n- b').map((b) => b.kind)).toEqual(['paragraph', 'list'])
  })
  it('knows emphasis, code, links, sources and escapes', () => {
    expect(inline('**b** *i* `c` [S1] [x](https://e.org/) \\+44\\\nend')).toEqual([
      { kind: 'strong', parts: [text('b')] }, text(' '), { kind: 'em', parts: [text('i')] }, text(' '), { kind: 'code', text: 'c' }, text(' '),
      { kind: 'source', id: 'S1' }, text(' '), { kind: 'link', url: 'https://e.org/', parts: [text('x')] }, text(' +44'), { kind: 'break' }, text('end'),
    ])
  })
  it('makes no links to scripts and leaves broken marks as they are', () => {
    expect(inline('[x](javascript:alert(1))')).toEqual([text('[x](javascript:alert(1))')])
    expect(inline('2 * 3 ** 4 [ ` \\')).toEqual([text('2 * 3 ** 4 [ ` \\')])
  })
  it('ends, whatever it is given', () => {
    for (const odd of ['', '\n\n', '```', '```\nx', '#', '- ', '*'.repeat(500), '['.repeat(500)]) expect(markdown(odd)).toBeDefined()
  })
})
