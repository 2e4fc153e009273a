import { Dialog } from '../../shared/ui/dialog'
import { help_shown, keys_on, setKeys } from '../keyboard'

const groups: [string, [string[], string][]][] = [
  ['Go to', [
    [['g', 'o'], 'Overview'], [['g', 'a'], 'Actors'], [['g', 't'], 'Traces'], [['g', 'm'], 'Model calls'], [['g', 'e'], 'Events'],
    [['g', 's'], 'Schedules and batches'], [['g', 'p'], 'Applications'], [['g', 'r'], 'Reports'], [['g', 'u'], 'Audit'], [['g', 'c'], 'Settings'],
  ]],
  ['In lists', [
    [['j'], 'Next row'], [['k'], 'Row before'], [['Enter'], 'Open the row'], [['/'], 'Search'], [['l'], 'Live, or hold the figures'], [['r'], 'Ask again'],
  ]],
  ['Everywhere', [[['?'], 'This help'], [['Esc'], 'Leave a field, close what is open']]],
]

/** Which keys do what; single keys can be turned off here. */
export function Help() {
  if (!help_shown.value) return null
  return (
    <Dialog title="Keyboard" close={() => (help_shown.value = false)} wide>
      <div class="help">
        {groups.map(([title, keys]) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([press, what]) => (
                <div key={what}>
                  <dt>{press.map((key, i) => <kbd key={i}>{key}</kbd>)}</dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="check">
        <input type="checkbox" checked={keys_on.value} onChange={(event) => setKeys(event.currentTarget.checked)} />
        Single keys are commands
      </label>
    </Dialog>
  )
}
