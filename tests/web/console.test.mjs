// The page at `/console`, used as an operator would: what is shown is the running server's own, and so is what is done to it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { accessible, base, calm, fits, focusIsSeen, launch, narrow, open, shot, wide } from './browser.mjs'

const admin = JSON.parse(process.env.JOBRAKER_WEB_ADMIN)
const fixture = JSON.parse(process.env.JOBRAKER_WEB_FIXTURE)
// The browser tells of every answer that is an error; these are asked for.
const refusals = /status of (401|403|404|409|422)/
let browser
let signedIn

before(async () => {
  browser = await launch()
  const page = await open(browser, { path: '/console' })
  await signIn(page, admin)
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  signedIn = await page.context().storageState()
  await page.context().close()
})
after(() => browser?.close())

async function signIn(page, { email, password }) {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** A page of the console. The tests share one session: a renewed token of one is kept for the next. */
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
const asked = (page, path, init = {}) =>
  page.evaluate(async ([path, init]) => {
    const { access } = JSON.parse(localStorage.getItem('jobraker.console'))
    const answer = await fetch('/api/v1' + path, { ...init, headers: { authorization: `Bearer ${access}`, ...init.headers } })
    return { status: answer.status, body: await answer.json().catch(() => null) }
  }, [path, init])

const go = (page, name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: false }).first().click()
const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()
const grid = (page) => page.getByRole('grid', { name: 'Actors' })
const firstRows = async (page) => (await grid(page).locator('.grid-body [role=row]:not(.pending) [role=gridcell]:first-child').allInnerTexts()).map((t) => t.trim())
const drawer = (page) => page.getByRole('complementary')

test('somebody who is no administrator is told so', async () => {
  const page = await open(browser, { path: '/console' })
  await signIn(page, { email: fixture.person, password: fixture.password })
  await page.getByRole('heading', { name: 'Administrators only' }).waitFor()
  await accessible(page, 'refused')
  await page.getByRole('button', { name: 'Sign in as somebody else' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  calm(page, refusals)
  await page.context().close()
})

test('the overview answers four questions with the figures of the server', async () => {
  const page = await visit('')
  for (const name of ['What it is doing', 'What is slow', 'What it costs', 'What is stuck']) await page.getByRole('region', { name }).waitFor()
  const { body } = await asked(page, '/admin/overview')
  assert.ok(body.actors.live > 10 && body.http.requests > 10)
  const doing = await page.getByRole('region', { name: 'What it is doing' }).innerText()
  assert.match(doing, /Connections to SQL\s+\d+\s+of \d+/)
  // The dead letter is named, and leads to the events.
  await page.getByRole('region', { name: 'State' }).getByRole('link', { name: /set aside after failures/ }).click()
  await heading(page, 'Events')
  await leave(page)
})

test('the table of actors is live, sorted and searched by the server', async () => {
  const page = await visit('#/actors')
  await page.getByText('live', { exact: true }).waitFor()
  await grid(page).getByRole('gridcell', { name: '/system/' }).first().waitFor()
  const { body } = await asked(page, '/admin/actors?limit=1')
  assert.ok(Number(await grid(page).getAttribute('aria-rowcount')) > 10)
  assert.ok(body.total > 10)
  await grid(page).getByRole('columnheader', { name: 'Path' }).getByRole('button').click()
  await page.waitForFunction(() => location.hash.includes('sort=path'))
  assert.equal(await grid(page).getByRole('columnheader', { name: 'Path' }).getAttribute('aria-sort'), 'ascending')
  await page.waitForFunction(() => {
    const paths = [...document.querySelectorAll('.grid-body [role=row] [role=gridcell]:first-child')].map((e) => e.innerText.trim())
    return paths.length > 5 && paths.every((p, i) => i === 0 || paths[i - 1] <= p)
  })
  await page.getByLabel('Search').fill('system/people')
  await page.waitForFunction(() => document.querySelectorAll('.grid-body [role=row]').length === 1)
  assert.deepEqual(await firstRows(page), ['/system/people'])
  // The address says it all: it is the same after a reload.
  await page.reload()
  await page.waitForFunction(() => document.querySelectorAll('.grid-body [role=row]').length === 1)
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByLabel('Kind').selectOption({ index: 1 })
  const kind = await page.getByLabel('Kind').inputValue()
  await page.waitForFunction((kind) => {
    const kinds = [...document.querySelectorAll('.grid-body [role=row] [role=gridcell]:nth-child(2)')].map((e) => e.innerText.trim())
    return kinds.length > 0 && kinds.every((k) => k === kind)
  }, kind)
  await page.getByLabel('Search').fill('nobody-is-named-so')
  await page.getByText('No actor is like that.').waitFor()
  await shot(page, 'console-actors-none', false)
  await leave(page)
})

test('an actor is looked into with the keyboard alone', async () => {
  const page = await visit('#/overview')
  await page.keyboard.press('g')
  await page.keyboard.press('a')
  await heading(page, 'Actors')
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement.labels?.[0]?.textContent === 'Search')
  await page.keyboard.type('/users/')
  await page.keyboard.press('Escape')
  await page.waitForFunction(() => [...document.querySelectorAll('.grid-body [role=row]:not(.pending)')].length > 0 && [...document.querySelectorAll('.grid-body [role=row]')].every((r) => r.innerText.includes('/users/')))
  await page.keyboard.press('j')
  await focusIsSeen(page)
  assert.equal(await grid(page).getAttribute('aria-activedescendant'), 'actor-0')
  await page.keyboard.press('Enter')
  await drawer(page).getByRole('heading', { name: /users/ }).waitFor()
  await drawer(page).getByText('Last messages').waitFor()
  await page.waitForFunction(() => document.activeElement.closest('.drawer') !== null)
  await page.keyboard.press('Escape')
  await drawer(page).waitFor({ state: 'detached' })
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await accessible(page, 'help')
  await shot(page, 'console-help', false)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await leave(page)
})

test('an actor is stopped only after its path was typed, and is seen to go', async () => {
  const path = `/users/${fixture.user}`
  const page = await visit(`#/actors?show=${encodeURIComponent(path)}`)
  await drawer(page).getByRole('button', { name: 'Stop…' }).click()
  const dialog = page.getByRole('dialog')
  const stop = dialog.getByRole('button', { name: 'Stop' })
  await dialog.getByLabel('Reason').fill('tried by a test')
  assert.ok(await stop.isDisabled())
  await dialog.getByLabel('Type the path to confirm').fill('/users/somebody-else')
  assert.ok(await stop.isDisabled())
  await dialog.getByLabel('Type the path to confirm').fill(path)
  await accessible(page, 'stop')
  await shot(page, 'console-stop', false)
  await stop.click()
  await page.getByText(/^Stop: 1 actor/).waitFor()
  await page.goto(base + '/console#/actors?view=dead')
  await page.getByLabel('Search').fill(fixture.user)
  await page.getByRole('row').filter({ hasText: fixture.user }).first().waitFor()
  await page.goto(base + '/console#/audit')
  const row = page.getByRole('row').filter({ hasText: fixture.user }).first()
  await row.waitFor()
  assert.match(await row.innerText(), /stop/)
  assert.match(await row.innerText(), /tried by a test/)
  await leave(page)
})

test('a pause holds the messages until it is resumed', async () => {
  const { items } = (await (async () => {
    const page = await visit('#/audit')
    const found = (await asked(page, '/admin/actors?path=/users&limit=50')).body
    await leave(page)
    return found
  })())
  const path = items.find((row) => row.path.split('/').length === 3 && row.path !== `/users/${fixture.user}`)?.path
  assert.ok(path, 'a person is in memory')
  const page = await visit(`#/actors?show=${encodeURIComponent(path)}`)
  const act = async (name) => {
    await drawer(page).getByRole('button', { name: `${name}…` }).click()
    const dialog = page.getByRole('dialog')
    assert.ok(await dialog.getByRole('button', { name }).isDisabled())
    await dialog.getByLabel('Reason').fill('tried by a test')
    await dialog.getByLabel(/I mean/).check()
    await dialog.getByRole('button', { name }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  await act('Pause')
  await drawer(page).getByText('paused').first().waitFor()
  await act('Resume')
  await drawer(page).getByRole('button', { name: 'Pause…' }).waitFor()
  await leave(page)
})

test('the tree opens branch by branch', async () => {
  const page = await visit('#/actors?view=tree')
  const tree = page.getByRole('treegrid')
  const system = tree.getByRole('row').filter({ hasText: 'system' }).first()
  await system.focus()
  await page.keyboard.press('ArrowRight')
  await tree.locator('tr[aria-level="2"]').first().waitFor()
  assert.equal(await system.getAttribute('aria-expanded'), 'true')
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(() => document.querySelectorAll('tr[aria-level="2"]').length === 0)
  await leave(page)
})

test('a request is followed from its trace id through actors and SQL', async () => {
  const page = await visit('#/traces')
  await page.getByLabel(/Trace id/).fill('nonsense')
  await page.keyboard.press('Enter')
  await page.getByText('32 hexadecimal digits').waitFor()
  await page.getByLabel(/Trace id/).fill(`00-${fixture.trace}-00f067aa0ba902b7-01`)
  await page.keyboard.press('Enter')
  const waterfall = page.getByRole('region', { name: 'Waterfall' })
  await waterfall.waitFor()
  const { body } = await asked(page, `/admin/traces/${fixture.trace}`)
  assert.equal(await waterfall.locator('tbody tr').count(), body.spans.length)
  const kinds = new Set(body.spans.map((s) => s.kind))
  for (const kind of ['request', 'message', 'statement']) assert.ok(kinds.has(kind), kind)
  await page.getByRole('list', { name: 'Where the time went' }).waitFor()
  await waterfall.locator('.row-button').nth(1).click()
  await waterfall.locator('.span-detail').waitFor()
  await shot(page, 'console-trace')
  const folder = waterfall.getByRole('button', { name: /below$/ }).first()
  await folder.click()
  assert.ok((await waterfall.locator('tbody tr').count()) < body.spans.length)
  await go(page, 'Traces')
  await page.getByRole('button', { name: 'Slowest' }).click()
  await page.getByRole('table').locator('.row-button').first().waitFor()
  await page.goto(base + `/console#/traces/${'ab'.repeat(16)}`)
  await page.getByText(/No trace has this id|Nothing of it is remembered/).waitFor()
  await leave(page)
})

test('costs are those of the API, and a budget is set, changed and taken away', async () => {
  const page = await visit('#/models')
  await page.getByRole('table').getByText('chat').first().waitFor()
  const { body } = await asked(page, '/admin/llm/metrics?group_by=operation')
  const table = await page.getByRole('table').first().innerText()
  for (const row of body.items) assert.ok(table.includes(row.operation), row.operation)
  await page.getByRole('button', { name: 'Model', exact: true }).click()
  await page.getByRole('table', { name: 'Usage by model' }).getByRole('columnheader', { name: 'Model' }).waitFor()
  await page.getByRole('button', { name: 'New budget' }).click()
  await page.getByLabel('Limit in US dollars').fill('12.5')
  await accessible(page, 'budget')
  await page.getByRole('button', { name: 'Set the limit' }).click()
  await page.getByText('of $12.50').waitFor()
  const budget = async () => (await asked(page, '/admin/llm/budgets?scope=global')).body.items.find((b) => b.period === 'day')
  assert.equal((await budget()).limit_usd, 12.5)
  await page.getByRole('button', { name: 'Edit: Everybody, a day' }).click()
  await page.getByLabel('Limit in US dollars').fill('-1')
  await page.getByRole('button', { name: 'Set the limit' }).click()
  await page.getByRole('dialog').getByText(/must|at least|negative/i).first().waitFor()
  await page.getByLabel('Limit in US dollars').fill('20')
  await page.getByRole('button', { name: 'Set the limit' }).click()
  await page.getByText('of $20.00').waitFor()
  await shot(page, 'console-budget')
  await page.getByRole('button', { name: 'Take away: Everybody, a day' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click()
  await page.getByText('No limit is set').waitFor()
  assert.equal(await budget(), undefined)
  await leave(page)
})

test('a dead letter is looked into, with what is personal covered, and told again', async () => {
  const page = await visit('#/events')
  const letter = page.getByRole('row').filter({ hasText: 'the index is away' })
  await letter.waitFor()
  assert.ok(!(await page.locator('main').innerText()).includes('operator@example.com'))
  await letter.getByRole('button').first().click()
  const dialog = page.getByRole('dialog')
  assert.ok((await dialog.innerText()).includes('job_id'))
  await accessible(page, 'dead letter')
  await shot(page, 'console-dead-letter', false)
  await dialog.getByRole('button', { name: 'Tell it again' }).click()
  await page.getByRole('dialog', { name: 'Tell it again?' }).getByRole('button', { name: 'Tell it again' }).click()
  await page.getByText('The event is in the outbox again.').waitFor()
  await letter.getByText('told again').waitFor()
  const { body } = await asked(page, '/admin/events')
  assert.ok(body.dead_letters.find((d) => d.id === fixture.letter).replayed_at)
  await leave(page)
})

test('a reported answer is decided', async () => {
  const page = await visit('#/reports')
  const report = page.getByRole('article').first()
  await report.waitFor()
  const text = await report.innerText()
  assert.ok(text.includes('What is a good CV?') && text.includes('g…@example.com') && !text.includes('grace@'), text)
  await report.getByLabel('Note').fill('agreed')
  await report.getByRole('button', { name: 'Uphold' }).click()
  await page.getByText('Nothing waits for a decision').waitFor()
  await page.getByRole('button', { name: 'Upheld', exact: true }).click()
  await page.getByText('agreed').waitFor()
  await leave(page)
})

/** A new person with a profile; calls the API as they would. */
async function newcomer() {
  const post = (path, body, headers = {}) => fetch(`${base}/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
  const registered = await post('/auth/register', JSON.stringify({ email: `${crypto.randomUUID()}@example.com`, password: fixture.password, role: 'seeker' }))
  const authorization = `Bearer ${(await registered.json()).access_token}`
  const asks = (method, path, body, headers = {}) => fetch(`${base}/api/v1${path}`, { method, headers: { authorization, 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body) })
  const profile = await asks('PUT', '/profiles/profile/me', { skills: { programming_languages: ['C++', 'Python'] }, experience: { job_titles: ['Software Engineer'] }, preferences: { desired_roles: ['Engineer'] } })
  assert.equal(profile.status, 200)
  return asks
}

test('a schedule is run by hand, paused and resumed, each after a question', async () => {
  const page = await visit('#/schedules')
  const table = page.getByRole('table', { name: 'What runs by the clock' })
  const row = (name) => table.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })
  const name = 'accounts.expire'
  await row(name).waitFor()
  assert.equal(await table.getByRole('row').count() - 1, (await asked(page, '/admin/schedules')).body.items.length)
  const act = async (what, yes) => {
    await row(name).getByRole('button', { name: `${what} ${name}` }).click()
    const question = page.getByRole('dialog', { name: `${what} ${name}?` })
    await question.getByRole('button', { name: yes }).click()
    await question.waitFor({ state: 'detached' })
  }
  // Nothing happens without the answer.
  await row(name).getByRole('button', { name: `Run ${name}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  assert.equal((await asked(page, `/admin/schedules/${name}`)).body.runs, 0)
  await act('Run', 'Run it')
  await row(name).getByText(/tokens, .* removed/).waitFor()
  await row(name).getByText('done', { exact: true }).waitFor()
  // Its history has the run and who wanted it.
  await row(name).getByRole('button', { name, exact: true }).click()
  const history = page.getByRole('dialog', { name: `Runs of ${name}` })
  await history.getByRole('row').nth(1).getByText('done').waitFor()
  assert.equal(await history.getByText('the clock').count(), 0)
  await accessible(page, 'schedule-history')
  await shot(page, 'console-schedule-history', false)
  await page.keyboard.press('Escape')
  await history.waitFor({ state: 'detached' })
  await act('Pause', 'Pause it')
  await row(name).getByText('paused', { exact: true }).waitFor()
  assert.deepEqual(await asked(page, `/admin/schedules/${name}`).then(({ body }) => [body.paused, body.next_run_at]), [true, null])
  await act('Resume', 'Resume it')
  await row(name).getByText('on', { exact: true }).waitFor()
  assert.ok((await asked(page, `/admin/schedules/${name}`)).body.next_run_at)
  // It is all on record.
  await go(page, 'Audit')
  for (const action of ['schedule.run', 'schedule.pause', 'schedule.resume']) await page.getByText(action, { exact: true }).first().waitFor()
  await leave(page)
})

test('a scoring run is seen while it goes on and when it is done', async () => {
  const page = await visit('#/schedules')
  const batches = page.getByRole('region', { name: 'Batches' })
  await batches.getByRole('table').waitFor()
  const sandbox = process.env.JOBRAKER_WEB_SANDBOX
  const slow = await fetch(`${sandbox}/control/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ match: { path_prefix: '/v1/chat' }, kind: 'latency', ms: 8000, times: -1 }) })
  assert.ok(slow.ok)
  const asks = await newcomer()
  const begun = await asks('POST', '/profiles/score-jobs/me?job_limit=10', undefined, { prefer: 'respond-async, wait=0' })
  assert.equal(begun.status, 202)
  const batch = begun.headers.get('location').split('/').pop()
  const bar = page.getByRole('progressbar', { name: `Postings judged in batch ${batch.slice(-8)}` })
  const row = batches.getByRole('row').filter({ has: bar })
  try {
    await row.getByText(/^(queued|running)$/).waitFor()
  } finally {
    await fetch(`${sandbox}/control/faults`, { method: 'DELETE' })
  }
  await row.getByText('done', { exact: true }).waitFor()
  await bar.and(page.locator('[aria-valuenow="100"]')).waitFor()
  assert.match(await row.innerText(), /[1-9]\d* of [1-9]\d*/)
  await batches.getByRole('button', { name: 'Failed', exact: true }).click()
  await batches.getByText('None.').waitFor()
  await leave(page)
})

test('a server that does not answer is told of, and figures come back by themselves', async () => {
  const page = await visit('')
  await page.getByRole('region', { name: 'State' }).waitFor()
  await page.route('**/api/v1/admin/overview', (route) => route.abort())
  await page.getByText('The server cannot be reached').waitFor()
  await page.getByText(/^as of/).waitFor()
  assert.equal(await page.getByText('Everything works as it should.').count(), 0)
  await accessible(page, 'away')
  await shot(page, 'console-away', false)
  await page.unroute('**/api/v1/admin/overview')
  await page.getByText(/^up /).waitFor()
  assert.equal(await page.getByText('The server cannot be reached').count(), 0)
  // Without the stream there are rows all the same, and it is said that they stand still.
  await page.routeWebSocket(/actors\/stream/, (socket) => socket.close())
  await go(page, 'Actors')
  await page.reload()
  await page.getByText('connection lost, trying again').waitFor()
  await grid(page).getByRole('gridcell', { name: '/system/' }).first().waitFor()
  await leave(page, /status of (401|404)|ERR_FAILED|WebSocket/)
})

test('every page is accessible and fits, light and dark, wide and narrow', async () => {
  const views = [
    ['overview', '', (page) => page.getByRole('region', { name: 'What is stuck' })],
    ['actors', '#/actors', (page) => grid(page).getByRole('gridcell', { name: '/system/' }).first()],
    ['actor', '#/actors?show=%2Fsystem%2Fpeople', (page) => drawer(page).getByText('Last messages')],
    ['kinds', '#/actors?view=kinds', (page) => page.getByRole('table', { name: 'Kinds of actors' }).locator('.row-button').first()],
    ['tree', '#/actors?view=tree', (page) => page.getByRole('treegrid').locator('tbody tr').first()],
    ['dead', '#/actors?view=dead', (page) => page.getByRole('row').nth(1)],
    ['traces', '#/traces', (page) => page.getByRole('row').nth(1)],
    ['trace', `#/traces/${fixture.trace}`, (page) => page.getByRole('region', { name: 'Waterfall' })],
    ['models', '#/models', (page) => page.getByText('No limit is set')],
    ['events', '#/events', (page) => page.getByRole('table', { name: 'Dead letters' })],
    ['schedules', '#/schedules', (page) => page.getByRole('table', { name: 'What runs by the clock' }).getByText('jobs.refresh', { exact: true })],
    ['applications', '#/applications', (page) => page.getByText(/Not available|None is stuck/).first()],
    ['reports', '#/reports', (page) => page.getByText('Nothing waits for a decision')],
    ['audit', '#/audit', (page) => page.getByRole('row').nth(1)],
    ['settings', '#/settings', (page) => page.getByText(/Not available|server\./).first()],
    ['nowhere', '#/nowhere', (page) => page.getByText('There is no such page')],
  ]
  for (const theme of ['light', 'dark'])
    for (const [width, size] of [['wide', wide], ['narrow', narrow]])
      for (const [name, hash, ready] of views) {
        const page = await visit(hash, { theme, size })
        await ready(page).waitFor()
        await page.waitForTimeout(name === 'overview' || name === 'actors' ? 2500 : 300)
        const what = `console-${name}-${theme}-${width}`
        await shot(page, what, name !== 'actor')
        await accessible(page, what)
        await fits(page, what)
        await leave(page)
      }
})
