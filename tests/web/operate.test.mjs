// What an operator does at `/console`: looks for what is stuck, what a model call was, how the server is set, and acts on actors.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, base, calm, fits, focusIsSeen, launch, narrow, open, shot, wide } from './browser.mjs'

const admin = JSON.parse(process.env.JOBRAKER_WEB_ADMIN)
const fixture = JSON.parse(process.env.JOBRAKER_WEB_FIXTURE)
// What is asked for, and a stream that nobody waited for.
const refusals = /status of (401|404)|WebSocket is closed before the connection/
let browser
let signedIn

before(async () => {
  browser = await launch()
  const page = await open(browser, { path: '/console' })
  await page.getByLabel('E-mail').fill(admin.email)
  await page.getByLabel('Password').fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  signedIn = await page.context().storageState()
  await page.context().close()
})
after(() => browser?.close())

async function visit(hash, more = {}) {
  const page = await open(browser, { path: '/console' + hash, storageState: signedIn, ...more })
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  return page
}

async function leave(page, expected = refusals) {
  calm(page, expected)
  signedIn = await page.context().storageState()
  await page.context().close()
}

/** What the API says to the operator. */
const asked = (page, path) =>
  page.evaluate(async (path) => {
    const { access } = JSON.parse(localStorage.getItem('jobraker.console'))
    const answer = await fetch('/api/v1' + path, { headers: { authorization: `Bearer ${access}` } })
    return { status: answer.status, body: await answer.json().catch(() => null) }
  }, path)

const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()
const drawer = (page) => page.getByRole('complementary')
const tableOf = (page, name) => page.getByRole('table', { name, exact: true })
const cells = (table, n) => table.locator(`tbody tr td:nth-child(${n})`).allInnerTexts()

/** Nothing that tells who somebody is. */
async function nobodysData(page) {
  const text = await page.locator('body').innerText()
  for (const email of [...fixture.emails, 'grace@example.com']) assert.ok(!text.includes(email), email)
  for (const part of ['7946 0999', 'Grace Example']) assert.ok(!text.includes(part), part)
}

test('what is stuck stands first, with the reason and since when', async () => {
  const page = await visit('#/applications')
  const table = tableOf(page, 'Applications: Stuck')
  await table.getByText('Doubtful Ltd').waitFor()
  assert.deepEqual(await cells(table, 1), ['Patient Ltd', 'Doubtful Ltd'])
  assert.deepEqual(await cells(table, 4), ['its person has been asked and has not come', 'nobody knows whether it was sent'])
  assert.deepEqual(await cells(table, 5), ['4 d', '1 d'])
  const { body } = await asked(page, '/admin/applications?stuck=true')
  const many = page.getByRole('region', { name: 'How many' })
  assert.match(await many.innerText(), new RegExp(`Stuck\\s+${body.counts.stuck}\\s`))
  assert.match(await many.innerText(), new RegExp(`Needs input\\s+${body.counts.needs_input}\\s`))
  await nobodysData(page)
  await leave(page)
})

test('a state is chosen, stays in the address, and further pages come when they are asked for', async () => {
  const page = await visit('#/applications')
  const choice = page.getByRole('group', { name: 'Which applications' })
  await choice.getByRole('button', { name: /^Needs input/ }).click()
  await tableOf(page, 'Applications: Needs input').getByText('Quick Ltd').waitFor()
  assert.deepEqual(await cells(tableOf(page, 'Applications: Needs input'), 1), ['Quick Ltd', 'Patient Ltd'])
  await page.reload()
  await tableOf(page, 'Applications: Needs input').getByText('Quick Ltd').waitFor()
  await choice.getByRole('button', { name: /^Sent/ }).click()
  await tableOf(page, 'Applications: Sent').locator('tbody tr').first().waitFor()
  await choice.getByRole('button', { name: /^All/ }).click()
  const all = tableOf(page, 'Applications: All')
  await all.locator('tbody tr').first().waitFor()
  assert.equal(await all.locator('tbody tr').count(), 100)
  await page.getByRole('button', { name: 'Show more' }).click()
  const { body } = await asked(page, '/admin/applications?limit=500')
  await page.waitForFunction((n) => document.querySelectorAll('table tbody tr').length >= n, body.items.length)
  assert.equal(await all.locator('tbody tr').count(), body.items.length)
  assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0)
  await leave(page)
})

test('an application is looked into with the keyboard, and what is personal in its timeline is covered', async () => {
  const page = await visit('#/overview')
  await heading(page, 'Overview')
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await heading(page, 'Applications')
  const table = tableOf(page, 'Applications: Stuck')
  await table.getByText('Doubtful Ltd').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await focusIsSeen(page)
  await page.waitForFunction(() => document.activeElement.innerText.includes('Doubtful Ltd'))
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Welder, Doubtful Ltd' })
  const events = dialog.getByRole('list', { name: 'Timeline' }).getByRole('listitem')
  await events.nth(1).waitFor()
  assert.match(await events.nth(1).innerText(), /Unknown\s+write to g…@example\.com or •••/)
  await nobodysData(page)
  await accessible(page, 'timeline')
  await shot(page, 'console-application', false)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.waitForFunction(() => document.activeElement.innerText.includes('Doubtful Ltd'))
  await leave(page)
})

test('the slowest and costliest calls lead to their traces', async () => {
  const page = await visit('#/models')
  const slowest = tableOf(page, 'Slowest calls')
  await slowest.locator('tbody tr').first().waitFor()
  // Titles and passages are made after an answer, so this is held against what the page was told.
  const [told] = await Promise.all([page.waitForResponse(/admin.llm.calls.*order=slowest/), page.getByRole('button', { name: 'Ask again' }).click()])
  const { items } = await told.json()
  assert.ok(items.length > 1 && items.every((c, i) => i === 0 || items[i - 1].latency_ms >= c.latency_ms))
  await page.waitForFunction((wanted) => {
    const found = [...document.querySelectorAll('table')].find((t) => t.caption?.innerText === 'Slowest calls')?.querySelectorAll('tbody td:nth-child(3)') ?? []
    return JSON.stringify([...found].map((e) => e.innerText)) === wanted
  }, JSON.stringify(items.map((c) => c.operation)))
  const choice = page.getByRole('group', { name: 'Which calls' })
  await choice.getByRole('button', { name: 'Costliest' }).click()
  await tableOf(page, 'Costliest calls').locator('tbody tr').first().waitFor()
  await choice.getByRole('button', { name: 'Newest' }).click()
  await page.getByRole('search', { name: 'Filter the calls' }).getByLabel('Person').fill(fixture.users[0])
  const newest = tableOf(page, 'Newest calls')
  await page.waitForFunction((user) => {
    const table = [...document.querySelectorAll('table')].find((t) => t.caption?.innerText === 'Newest calls')
    const ids = [...(table?.querySelectorAll('tbody td:nth-child(11) button') ?? [])].map((e) => e.title)
    return ids.length > 0 && ids.length === table.querySelectorAll('tbody tr').length && ids.every((id) => id === user)
  }, fixture.users[0])
  const own = newest.getByRole('row').filter({ has: page.getByTitle(`Trace ${fixture.trace}`) }).filter({ hasText: 'chat' }).first()
  await own.getByTitle(`Trace ${fixture.trace}`).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Waterfall' }).waitFor()
  assert.ok(page.url().endsWith(fixture.trace))
  await leave(page)
})

test('calls that failed are found, and filtered', async () => {
  const page = await visit('#/models')
  await page.getByRole('group', { name: 'Which calls' }).getByRole('button', { name: 'Failed' }).click()
  const failed = tableOf(page, 'Failed calls')
  await failed.locator('tbody tr').first().waitFor()
  const { body } = await asked(page, '/admin/llm/calls?failed=true')
  assert.equal(await failed.locator('tbody tr').count(), body.items.length)
  assert.ok((await failed.innerText()).includes(body.items[0].error))
  const filters = page.getByRole('search', { name: 'Filter the calls' })
  await filters.getByLabel('Operation').fill('no_such_operation')
  await page.getByText('None has failed.').waitFor()
  await filters.getByLabel('Operation').fill('chat')
  await failed.locator('tbody tr').first().waitFor()
  await filters.getByLabel('Provider').selectOption('anthropic')
  await page.getByText('None has failed.').waitFor()
  await filters.getByLabel('Provider').selectOption('')
  await filters.getByLabel('Person').fill('grace')
  await page.getByText('A whole id, as it is told by the API.').waitFor()
  await accessible(page, 'calls')
  await filters.getByLabel('Person').fill(fixture.nobody)
  await page.getByText('None has failed.').waitFor()
  await leave(page)
})

test('settings are found by name and meaning, and secrets are not among them', async () => {
  const page = await visit('#/settings')
  const table = tableOf(page, 'Settings')
  await table.locator('tbody tr').first().waitFor()
  const { body } = await asked(page, '/admin/config')
  assert.equal(await table.locator('tbody tr').count(), body.items.length)
  const row = (key) => table.getByRole('row').filter({ has: page.getByText(key, { exact: true }) })
  assert.match(await row('auth.jwt_secret').innerText(), /is set, not shown\s+environment/)
  assert.match(await row('anthropic.api_key').innerText(), /not set/)
  assert.match(await row('server.threads').innerText(), /2\s+environment/)
  assert.match(await row('log.level').innerText(), /info/)
  assert.ok(!(await page.locator('body').innerText()).includes('a secret of the tests'))
  await page.keyboard.press('/')
  await page.keyboard.type('tcp port')
  await page.waitForFunction(() => document.querySelectorAll('table tbody tr').length === 1)
  assert.match(await table.innerText(), /server\.port/)
  await page.getByLabel('Search').fill('')
  await page.getByRole('button', { name: 'Set by somebody' }).click()
  await page.waitForFunction((n) => document.querySelectorAll('table tbody tr').length === n, body.items.filter((s) => s.source !== 'default').length)
  await leave(page)
})

/** Acts on the actor in the drawer: the button stays off until the path is typed, or ticked for what can be taken back. */
async function act(page, name, path, more = async () => {}) {
  await drawer(page).getByRole('button', { name: `${name}…` }).click()
  const dialog = page.getByRole('dialog', { name: `${name} ${path}` })
  const button = dialog.getByRole('button', { name, exact: true })
  await dialog.getByLabel('Reason').fill(`${name} tried by a test`)
  assert.ok(await button.isDisabled())
  await more(dialog)
  const typed = dialog.getByLabel('Type the path to confirm')
  if (await typed.count()) {
    await typed.fill(path.slice(0, -1))
    assert.ok(await button.isDisabled())
    await typed.fill(path)
  } else {
    await dialog.getByLabel(/I mean/).check()
  }
  await accessible(page, name)
  await shot(page, `console-act-${name.toLowerCase()}`, false)
  await button.click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText(new RegExp(`^${name}: 1 actor`)).first().waitFor()
}

const rowOf = async (page, path) => (await asked(page, '/admin/actors/show' + path)).body.actor

/** Who did it is on record. */
async function onRecord(page, name, path) {
  const { body } = await asked(page, `/admin/audit?actor=${encodeURIComponent(path)}&action=actor.${name.toLowerCase()}`)
  assert.ok(body.items.length >= 1 && body.items[0].target === path && body.items[0].detail.includes(`${name} tried by a test`), JSON.stringify(body.items))
}

test('an actor that is restarted comes back from what is stored', async () => {
  const path = '/system/people'
  const page = await visit(`#/actors?show=${encodeURIComponent(path)}`)
  await drawer(page).getByText('Last messages').waitFor()
  const before = await rowOf(page, path)
  await act(page, 'Restart', path)
  await drawer(page).getByText('Born').waitFor()
  await page.waitForFunction(async ([path, restarts]) => {
    const { access } = JSON.parse(localStorage.getItem('jobraker.console'))
    const answer = await fetch('/api/v1/admin/actors/show' + path, { headers: { authorization: `Bearer ${access}` } })
    return answer.ok && (await answer.json()).actor.restarts > restarts
  }, [path, before.restarts])
  const now = await rowOf(page, path)
  assert.ok(Date.parse(now.born_at) > Date.parse(before.born_at))
  await drawer(page).locator('.facts div').filter({ hasText: 'Restarts' }).getByText(String(now.restarts)).waitFor()
  await onRecord(page, 'Restart', path)
  await leave(page)
})

test('an actor that is drained ends, and is made again when it is needed', async () => {
  const path = `/users/${fixture.users[2]}`
  const page = await visit('#/actors')
  assert.equal((await asked(page, `/profiles/profile/${fixture.users[2]}`)).status, 200)
  await page.goto(base + `/console#/actors?show=${encodeURIComponent(path)}`)
  await drawer(page).getByText('Last messages').waitFor()
  await act(page, 'Drain', path)
  await drawer(page).getByText('Nobody lives here').waitFor()
  await drawer(page).getByRole('link', { name: 'Look among the dead' }).click()
  await page.getByLabel('Search').fill(fixture.users[2])
  await page.getByRole('row').filter({ hasText: fixture.users[2] }).first().waitFor()
  await onRecord(page, 'Drain', path)
  assert.equal((await asked(page, `/profiles/profile/${fixture.users[2]}`)).status, 200)
  assert.equal((await rowOf(page, path)).path, path)
  await leave(page)
})

test('what is asked of a paused actor waits, and is answered once it is resumed', async () => {
  const user = fixture.users[0]
  const path = `/users/${user}`
  const page = await visit('#/actors')
  assert.equal((await asked(page, `/profiles/profile/${user}`)).status, 200)
  await page.goto(base + `/console#/actors?show=${encodeURIComponent(path)}`)
  await act(page, 'Pause', path)
  await drawer(page).getByText('paused').first().waitFor()
  const answer = asked(page, `/profiles/profile/${user}`)
  await drawer(page).locator('.facts div').filter({ hasText: 'Mailbox' }).getByText('1', { exact: true }).waitFor()
  await act(page, 'Resume', path)
  assert.equal((await answer).status, 200)
  await drawer(page).getByRole('button', { name: 'Pause…' }).waitFor()
  await onRecord(page, 'Pause', path)
  await onRecord(page, 'Resume', path)
  await leave(page)
})

test('an actor is traced for as many messages as was said, and one of them is followed', async () => {
  const user = fixture.users[1]
  const path = `/users/${user}`
  const page = await visit('#/actors')
  assert.equal((await asked(page, `/profiles/profile/${user}`)).status, 200)
  await page.goto(base + `/console#/actors?show=${encodeURIComponent(path)}`)
  await act(page, 'Trace', path, (dialog) => dialog.getByLabel('Messages').fill('3'))
  // More than that: the test that began this one counts them in the log.
  for (let n = 0; n < 6; n++) assert.equal((await asked(page, `/profiles/profile/${user}`)).status, 200)
  await onRecord(page, 'Trace', path)
  const messages = drawer(page).getByRole('region', { name: 'Last messages' })
  const last = messages.getByRole('row').filter({ hasText: 'GetProfile' }).first()
  await last.waitFor()
  await last.getByRole('link', { name: /^Trace/ }).focus()
  await page.keyboard.press('Enter')
  const waterfall = page.getByRole('region', { name: 'Waterfall' })
  await waterfall.waitFor()
  await waterfall.getByText('GetProfile').first().waitFor()
  const { body } = await asked(page, `/admin/traces/${page.url().split('/').at(-1)}`)
  assert.ok(body.spans.some((s) => s.kind === 'request') && body.spans.some((s) => s.kind === 'message' && s.name === 'GetProfile' && s.actor === path), JSON.stringify(body.spans))
  await leave(page)
})

test('these pages are accessible and fit with data in them, light and dark, wide and narrow', async () => {
  const views = [
    ['applications-stuck', '#/applications', (page) => page.getByText('Doubtful Ltd')],
    ['applications-all', '#/applications?which=all', (page) => page.getByText('Quick Ltd')],
    ['calls', '#/models', (page) => tableOf(page, 'Slowest calls').locator('tbody tr').first()],
    ['settings', '#/settings', (page) => page.getByText('server.port', { exact: true })],
  ]
  for (const theme of ['light', 'dark'])
    for (const [width, size] of [['wide', wide], ['narrow', narrow]])
      for (const [name, hash, ready] of views) {
        const page = await visit(hash, { theme, size })
        await ready(page).waitFor()
        const what = `console-${name}-${theme}-${width}`
        await shot(page, what)
        await accessible(page, what)
        await fits(page, what)
        await nobodysData(page)
        await leave(page)
      }
})
