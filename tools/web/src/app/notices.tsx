import { useState } from 'preact/hooks'
import type { Page } from '../shared/api'
import { ago, plural } from '../shared/format'
import { useLoad } from '../shared/load'
import { href } from '../shared/router'
import { Await, Button } from '../shared/ui/basic'
import { Dialog } from '../shared/ui/dialog'
import { complain } from '../shared/ui/toast'
import { api, unread } from './state'
import type { Notification } from './types'

/** Where what is told can be looked at; nothing when there is no such place on this page. */
const target = (n: Notification) => (n.subject_type === 'application' ? href('applications', n.subject_id) : n.subject_type === 'job' ? href('matches') : undefined)

function Item({ notice, close }: { notice: Notification; close: () => void }) {
  const where = target(notice)
  return (
    <li class={notice.read_at ? '' : 'unread'}>
      {where ? <a href={where} onClick={close}>{notice.title}</a> : <strong>{notice.title}</strong>}
      {notice.text && <p>{notice.text}</p>}
      <time class="muted small" dateTime={notice.created_at}>{ago(notice.created_at)}</time>
    </li>
  )
}

function Notices({ close }: { close: () => void }) {
  const all = useLoad(() => api.get<Page<Notification> & { unread: number }>('/notifications?limit=30'))
  const readAll = async () => {
    await api.post('/notifications/read-all')
    unread.value = 0
    all.reload()
  }
  return (
    <Dialog title="Notices" close={close}>
      <Await of={all}>
        {({ items }) => items.length ? <ul class="notices">{items.map((n) => <Item key={n.id} notice={n} close={close} />)}</ul> : <p class="muted">Nothing yet. You are told here when an exceptional match turns up or an application moves.</p>}
      </Await>
      {unread.value > 0 && <div class="actions"><Button onClick={() => void readAll().catch(complain)}>Mark all as read</Button></div>}
    </Dialog>
  )
}

/** The bell of the bar, with how many notices are unread. */
export function Bell() {
  const [open, setOpen] = useState(false)
  const count = unread.value
  const label = count ? `Notices, ${plural(count, 'unread', 'unread')}` : 'Notices'
  return (
    <>
      <Button look="plain" icon="bell" class="bell" aria-label={label} title={label} onClick={() => setOpen(true)}>
        {count > 0 && <span class="count" aria-hidden="true">{count}</span>}
      </Button>
      {open && <Notices close={() => setOpen(false)} />}
    </>
  )
}
