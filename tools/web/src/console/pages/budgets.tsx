import { useState } from 'preact/hooks'
import { moment, words } from '../../shared/format'
import { useLoad } from '../../shared/load'
import { Badge, Button } from '../../shared/ui/basic'
import { confirmed, Dialog } from '../../shared/ui/dialog'
import { Field, Form, Select } from '../../shared/ui/form'
import { complain, say } from '../../shared/ui/toast'
import { past, percent, usd } from '../core/figures'
import { api } from '../state'
import type { Budget, Budgets } from '../types'
import { Gate, Meter, Panel } from '../ui/parts'

const nameOf = (b: Pick<Budget, 'scope' | 'scope_id' | 'period'>) => `${b.scope === 'global' ? 'Everybody' : words(b.scope)}${b.scope_id ? ` ${b.scope_id}` : ''}, a ${b.period}`

/** Sets one limit; the scope of an existing one stays as it is. */
function EditBudget({ budget, close, done }: { budget: Budget | null; close: () => void; done: () => void }) {
  const [scope, setScope] = useState<Budget['scope']>(budget?.scope ?? 'global')
  const send = async (data: FormData) => {
    const limit = String(data.get('limit_usd')).trim()
    const body = { scope, period: budget?.period ?? String(data.get('period')), limit_usd: limit === '' ? NaN : Number(limit), ...(scope === 'global' ? {} : { scope_id: budget?.scope_id ?? String(data.get('scope_id')).trim() }) }
    await api.put('/admin/llm/budgets', body)
    say(`The limit is ${usd(body.limit_usd)}: ${nameOf({ ...body, period: body.period as Budget['period'] })}`)
    close()
    done()
  }
  return (
    <Dialog title={budget ? `Budget: ${nameOf(budget)}` : 'A new budget'} close={close}>
      <Form send={send} label="Budget">
        {({ busy, error }) => (
          <>
            {!budget && (
              <>
                <Select label="For" name="scope" value={scope} options={[['global', 'Everybody together'], ['company', 'One company'], ['user', 'One user']]} onChange={(event) => setScope(event.currentTarget.value as Budget['scope'])} />
                {scope !== 'global' && <Field label={`Id of the ${scope}`} name="scope_id" required autocomplete="off" error={error?.field('scope_id')} />}
                <Select label="Each" name="period" options={[['day', 'Day'], ['month', 'Month']]} />
              </>
            )}
            <Field label="Limit in US dollars" name="limit_usd" type="number" min={0} step="any" required defaultValue={budget?.limit_usd} hint="Calls that would exceed it are refused; when it runs low, cheaper models are taken." error={error?.field('limit_usd')} />
            <footer>
              <Button onClick={close}>Cancel</Button>
              <Button type="submit" look="primary" busy={busy}>Set the limit</Button>
            </footer>
          </>
        )}
      </Form>
    </Dialog>
  )
}

export function BudgetPanel() {
  const budgets = useLoad((signal) => api.get<Budgets>('/admin/llm/budgets', { signal }))
  const [editing, setEditing] = useState<Budget | 'new' | null>(null)
  const remove = async (budget: Budget) => {
    if (!(await confirmed('Take the limit away?', <p>{nameOf(budget)}: calls are no longer refused for their cost.</p>, 'Take it away', true))) return
    try {
      const { scope, scope_id, period } = budget
      await api.put('/admin/llm/budgets', { scope, ...(scope_id ? { scope_id } : {}), period, limit_usd: null })
      budgets.reload()
    } catch (error) {
      complain(error)
    }
  }
  return (
    <Panel title="Budgets" note="spent, and reserved for calls under way" tools={<Button size="small" icon="plus" onClick={() => setEditing('new')}>New budget</Button>}>
      <Gate of={budgets} what="Budgets">
        {({ items, alerts }) => (
          <>
            {items.length ? (
              <ul class="budgets">
                {items.map((b) => (
                  <li key={nameOf(b)}>
                    <div class="budget-name"><b>{b.scope === 'global' ? 'Everybody' : words(b.scope)}</b>{b.scope_id && <code> {b.scope_id}</code>}<span class="muted"> a {b.period}, anew {moment(b.resets_at)}</span></div>
                    <div class="budget-figures">
                      <b>{usd(b.spent_usd)}</b>{b.reserved_usd > 0 && <span class="muted"> + {usd(b.reserved_usd)} reserved</span>} <span class="muted">of {usd(b.limit_usd)} ({percent(b.spent_usd + b.reserved_usd, b.limit_usd)})</span>
                    </div>
                    <Meter label={nameOf(b)} value={b.spent_usd + b.reserved_usd} of={b.limit_usd} text={`${usd(b.spent_usd)} of ${usd(b.limit_usd)}`} />
                    <div class="row">
                      <Button size="small" aria-label={`Edit: ${nameOf(b)}`} onClick={() => setEditing(b)}>Edit</Button>
                      <Button size="small" look="plain" icon="trash" aria-label={`Take away: ${nameOf(b)}`} onClick={() => void remove(b)} />
                    </div>
                  </li>
                ))}
              </ul>
            ) : <p class="muted">No limit is set: models may cost whatever they cost.</p>}
            {alerts.length > 0 && (
              <>
                <h3>Alerts of the last month</h3>
                <ul class="alarms">{alerts.slice(0, 20).map((a, i) => <li key={i}><Badge tone={a.threshold >= 100 ? 'bad' : 'warn'}>{a.threshold} %</Badge><span>{nameOf(a)}</span><time class="muted" dateTime={a.at}>{past(a.at)}</time></li>)}</ul>
              </>
            )}
          </>
        )}
      </Gate>
      {editing && <EditBudget budget={editing === 'new' ? null : editing} close={() => setEditing(null)} done={budgets.reload} />}
    </Panel>
  )
}
