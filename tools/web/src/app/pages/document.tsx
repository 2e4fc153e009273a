import { useState } from 'preact/hooks'
import { ago } from '../../shared/format'
import { Button, Problem } from '../../shared/ui/basic'
import { Dialog } from '../../shared/ui/dialog'
import { TextArea } from '../../shared/ui/form'
import { Icon } from '../../shared/ui/icon'
import { complain, say } from '../../shared/ui/toast'
import { Rich } from '../rich'
import { api } from '../state'
import type { ApplicationView, KitDocument } from '../types'

const names = { resume: 'Résumé', cover_letter: 'Cover letter' }

/** The document as it reads, and as a text to change: the person has the last word. */
function Reader({ document, view, close, changed }: { document: KitDocument; view: ApplicationView; close: () => void; changed: () => void }) {
  const [text, setText] = useState<string>()
  const [error, setError] = useState<unknown>()
  const name = names[document.kind]
  const save = async () => {
    setError(undefined)
    try {
      // Whoever has changed it meanwhile, on another device, is not overwritten.
      await api.put(`/applications/${view.id}/documents/${document.kind}`, { markdown: text }, { headers: { 'if-match': `"v${document.version}"` } })
      say(`${name} saved.`)
      close()
      changed()
    } catch (thrown) {
      setError(thrown)
    }
  }
  return (
    <Dialog title={name} wide close={close}>
      {error !== undefined && <Problem error={error} />}
      {text === undefined ? (
        <div class="paper" tabIndex={0} role="region" aria-label={name}><Rich text={document.markdown} /></div>
      ) : (
        <TextArea label="Text" hint="Markdown: # for headings, - for lists, ** for bold." rows={16} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      )}
      {view.status === 'draft' && (
        <div class="actions">
          {text === undefined ? (
            <Button onClick={() => setText(document.markdown)}>Edit</Button>
          ) : (
            <>
              <Button onClick={() => setText(undefined)}>Back</Button>
              <Button look="primary" onClick={() => void save()}>Save</Button>
            </>
          )}
        </div>
      )}
    </Dialog>
  )
}

/** One document of an application: to read, to change while nothing is sent, to take away. */
export function Document({ document, view, changed }: { document: KitDocument; view: ApplicationView; changed: () => void }) {
  const [open, setOpen] = useState(false)
  const name = names[document.kind]
  const file = (type: string) => `${name} ${view.company}.${type}`.replace(/[^\p{L}\p{N} ._-]/gu, '')
  return (
    <li class="document">
      <span class="document-icon"><Icon name="document" size={20} /></span>
      <div>
        <button type="button" class="link" onClick={() => setOpen(true)}>{name}</button>
        <p class="muted small">Version {document.version}, {ago(document.updated_at)}</p>
      </div>
      <div class="row">
        {(['pdf', 'docx', 'md'] as const).map((type) => (
          <Button key={type} size="small" aria-label={`${name} as ${type.toUpperCase()}`} onClick={() => void api.download(document.files[type], file(type)).catch(complain)}>{type.toUpperCase()}</Button>
        ))}
      </div>
      {open && <Reader document={document} view={view} close={() => setOpen(false)} changed={changed} />}
    </li>
  )
}
