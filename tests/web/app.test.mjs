// The page at `/`, used as a person would: with a mouse, with the keyboard alone, on a telephone, in the dark.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { accessible, base, calm, fits, focusIsSeen, launch, narrow, open, shot, tabTo, wide } from './browser.mjs'

const resume = fileURLToPath(new URL('../../tools/demo/resume.pdf', import.meta.url))
const password = 'a good password'
// The browser tells of every answer that is an error; these are asked for.
const refusals = /status of (401|404|422)/
let browser
let count = 0

before(async () => (browser = await launch()))
after(() => browser?.close())

const address = () => `person${process.pid}-${++count}@example.com`
const sandbox = (method, path, body) =>
  fetch(process.env.JOBRAKER_WEB_SANDBOX + path, { method, headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })

/** What the API says to the person of this page. */
const asked = (page, path) =>
  page.evaluate(async (path) => {
    const { access } = JSON.parse(localStorage.getItem('jobraker.session'))
    return (await fetch('/api/v1' + path, { headers: { authorization: `Bearer ${access}` } })).json()
  }, path)

async function register(page, email = address()) {
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByText('Drop your résumé here').waitFor()
  return email
}

const go = (page, name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
const allow = (page) => page.getByRole('dialog').getByRole('button', { name: 'Allow' }).click()

async function upload(page) {
  await page.getByLabel('Résumé file').setInputFiles(resume)
  await page.getByRole('heading', { name: /Amara Whitfield/ }).waitFor()
}

async function score(page) {
  await go(page, 'Matches')
  await page.getByRole('button', { name: 'Score jobs' }).first().click()
  await page.getByRole('heading', { level: 2, name: /C\+\+/ }).first().waitFor()
}

async function beginChat(page) {
  await go(page, 'Assistant')
  await page.getByRole('button', { name: 'Agree and begin' }).click()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
}

async function say(page, text) {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}

/** A text without what Markdown and line breaks make of it. */
const letters = (text) => text.replace(/[^\p{L}\p{N}]/gu, '')
const lastAnswer = (page) => page.locator('.turn').last()
const done = (page) => lastAnswer(page).getByText('Report').waitFor()

test('what is wrong with an account is said beside the field, and the focus goes there', async () => {
  const page = await open(browser)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill('somebody@example.com')
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByText('must have at least 10 characters').waitFor()
  const field = page.getByLabel('Password')
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  assert.ok(await field.evaluate((element) => element === document.activeElement))
  const described = await field.getAttribute('aria-describedby')
  assert.match(await page.locator(described.split(' ').map((id) => `#${CSS(id)}`).join(', ')).allInnerTexts().then(String), /at least 10/)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill('nobody@example.com')
  await page.getByLabel('Password').fill('a wrong password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await shot(page, 'sign-in-refused')
  calm(page, refusals)
  await page.context().close()
})

/** An id as a selector; those of Preact begin with a letter. */
const CSS = (id) => id.replace(/[^\w-]/g, '\\$&')

test('a résumé that is dropped becomes a profile', async () => {
  const page = await open(browser)
  await register(page)
  const bytes = readFileSync(resume).toString('base64')
  await page.locator('.drop').evaluate((element, base64) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'resume.pdf', { type: 'application/pdf' }))
    for (const type of ['dragover', 'drop']) element.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }))
  }, bytes)
  await page.getByRole('heading', { name: /Amara Whitfield/ }).waitFor()
  const text = await page.locator('main').innerText()
  for (const word of ['Marlin Exchange Systems', 'PostgreSQL', 'University of Bristol', 'GBP 90,000 – 120,000']) assert.ok(text.includes(word), word)
  calm(page)
  await page.context().close()
})

test('pasted text is read, and a model that fails is told of', async () => {
  const page = await open(browser)
  await register(page)
  await sandbox('POST', '/control/faults', { match: { path_prefix: '/v1/chat' }, kind: 'status', status: 400, times: -1 })
  await page.getByRole('button', { name: 'Paste text' }).click()
  await page.getByLabel('Your résumé as text').fill('Grace Example\nLondon\n\nExperience\nSoftware Engineer, Contoso Ltd\nMar 2015 - Dec 2018\nPython and C++.\n\nSkills\nC++, Python')
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByRole('alert').waitFor()
  await shot(page, 'profile-failed')
  await sandbox('DELETE', '/control/faults')
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByRole('heading', { name: /Grace Example/ }).waitFor()
  calm(page)
  await page.context().close()
})

test('matches come with their reasons, and an application is prepared, approved and watched', async () => {
  const page = await open(browser)
  await register(page)
  await go(page, 'Matches')
  await page.getByText('First, your résumé').waitFor()
  await page.getByRole('link', { name: 'Hand in a résumé' }).click()
  await upload(page)
  await score(page)
  const stored = (await asked(page, '/profiles/matches/me?limit=50&min_score=60')).items
  const cards = page.locator('.match')
  assert.equal(await cards.count(), stored.length)
  const [best] = stored
  const first = await cards.first().innerText()
  for (const text of [best.job.title, best.job.company, best.ai_reasoning, ...best.match_factors, ...best.mismatch_factors, `Fits ${Math.round(best.compatibility_score)} of 100`])
    assert.ok(first.includes(text), text)
  await page.getByLabel('Lowest score').selectOption('90')
  await page.waitForFunction((n) => document.querySelectorAll('.match').length === n, stored.filter((m) => m.compatibility_score >= 90).length)

  await cards.first().getByRole('button', { name: /Prepare an application/ }).click()
  await shot(page, 'consent', false)
  await accessible(page, 'the question for consent')
  await allow(page)
  await page.getByRole('button', { name: 'Prepare the documents' }).click()
  await allow(page)
  const letter = page.getByRole('button', { name: 'Cover letter', exact: true })
  await letter.waitFor()
  await letter.click()
  await page.getByRole('dialog').getByText('Dear hiring team').waitFor()
  await shot(page, 'document', false)
  await page.getByRole('button', { name: 'Edit' }).click()
  const text = page.getByLabel('Text')
  await text.fill((await text.inputValue()).replace('Dear hiring team', 'Dear everybody'))
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Version 2').waitFor()
  await letter.click()
  await page.getByRole('dialog').getByText('Dear everybody').waitFor()
  await page.keyboard.press('Escape')
  assert.ok(await letter.evaluate((element) => element === document.activeElement), 'the focus goes back')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Résumé as PDF' }).click()])
  assert.match(download.suggestedFilename(), /^Résumé .*\.pdf$/)
  assert.equal(readFileSync(await download.path()).subarray(0, 5).toString(), '%PDF-')

  await page.getByRole('button', { name: 'Add an answer for the form' }).click()
  await page.getByLabel('The form asks').fill('Start date')
  await page.getByLabel('You answer').fill('2027-01-01')
  await page.getByRole('button', { name: 'Approve and send' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Approve and send' }).click()
  await page.getByText(/^Sent: /).waitFor()
  const steps = await page.locator('.timeline strong').allInnerTexts()
  assert.deepEqual(steps.filter((s, i) => s !== steps[i - 1]), ['Draft', 'Approved', 'Queued', 'Submitting', 'Submitted'])
  await page.getByRole('link', { name: 'Recording' }).waitFor()
  const { items } = await asked(page, '/applications')
  const { submission } = await asked(page, `/applications/${items[0].id}`)
  assert.deepEqual(submission.answers, [{ question: 'Start date', answer: '2027-01-01' }])
  calm(page, refusals)
  await page.context().close()
})

test('answers stream, are said again after a reload, stop when told, and name their sources', async () => {
  const page = await open(browser)
  await register(page)
  await beginChat(page)
  await sandbox('POST', '/control/pace', { token_ms: 40 })
  await say(page, 'How do I prepare for a job interview?')
  // It is shown as it comes: a part of it, before it is whole.
  const part = await page.waitForFunction(() => document.querySelector('.growing .rich')?.textContent).then((handle) => handle.jsonValue())
  await shot(page, 'assistant-streaming', false)
  await page.reload()
  await done(page)
  await sandbox('POST', '/control/pace', { token_ms: 0 })
  const [{ id }] = (await asked(page, '/conversations')).items
  assert.ok(page.url().endsWith(id), 'the conversation has an address')
  const said = (await asked(page, `/conversations/${id}/messages`)).items.find((m) => m.role === 'assistant').content
  const shown = await lastAnswer(page).locator('.rich').innerText()
  assert.equal(letters(shown), letters(said))
  assert.ok(letters(said).startsWith(letters(part)) && letters(part).length < letters(said).length, part)

  await say(page, 'What does a falconer need for falconry?')
  await page.waitForFunction(() => document.querySelectorAll('.turn').length === 2)
  await done(page)
  await lastAnswer(page).getByRole('region', { name: 'Sources' }).getByText('Falconry').waitFor()
  await lastAnswer(page).getByRole('button', { name: 'Source S1' }).first().click()
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Falconry/)

  await sandbox('POST', '/control/pace', { token_ms: 200 })
  await say(page, 'How do I write a cover letter?')
  await page.getByRole('button', { name: 'Stop the answer' }).click()
  await lastAnswer(page).getByText('Stopped.').waitFor()
  await sandbox('POST', '/control/pace', { token_ms: 0 })
  calm(page)
  await page.context().close()
})

test('after a lost connection the answer is complete, and a question that was lost is asked again', async () => {
  const page = await open(browser)
  const sockets = []
  let deaf = false
  await page.routeWebSocket(/\/chat\/ws/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((message) => deaf || server.send(message))
    sockets.push(socket)
  })
  await page.reload()
  await register(page)
  await beginChat(page)
  await sandbox('POST', '/control/pace', { token_ms: 40 })
  await say(page, 'How do I prepare for a job interview?')
  await page.waitForFunction(() => document.querySelector('.growing .rich')?.textContent)
  await sockets.at(-1).close({ code: 1011 })
  await page.getByText('The connection is lost').waitFor()
  await done(page)
  await sandbox('POST', '/control/pace', { token_ms: 0 })
  deaf = true
  await say(page, 'And a letter?')
  await page.locator('.asked.pending').waitFor()
  deaf = false
  await sockets.at(-1).close({ code: 1011 })
  await page.waitForFunction(() => document.querySelectorAll('.turn').length === 2)
  await done(page)
  const [{ id }] = (await asked(page, '/conversations')).items
  const stored = (await asked(page, `/conversations/${id}/messages`)).items.map((m) => m.content)
  assert.equal(stored.length, 4)
  const shown = await page.locator('.asked, .answer-box .rich').allInnerTexts()
  assert.deepEqual(shown.map(letters), stored.map(letters))
  assert.ok(sockets.length >= 3)
  calm(page)
  await page.context().close()
})

test('what a function would change waits for a yes', async () => {
  const page = await open(browser)
  await register(page)
  await upload(page)
  await beginChat(page)
  const salary = async () => (await asked(page, '/profiles/profile/me')).preferences.salary_range_min
  const before = await salary()
  await page.getByRole('button', { name: /minimum salary/ }).click()
  const question = page.getByRole('group', { name: 'The assistant asks' })
  await question.waitFor()
  assert.ok(await question.evaluate((element) => element === document.activeElement), 'the question has the focus')
  await shot(page, 'assistant-asks', false)
  await question.getByRole('button', { name: 'Deny' }).click()
  await done(page)
  assert.equal(await salary(), before)
  await say(page, 'Set my minimum salary to 71000 EUR')
  await question.getByRole('button', { name: 'Allow' }).click()
  await page.waitForFunction(() => document.querySelectorAll('.turn').length === 2)
  await done(page)
  assert.equal(await salary(), 71000)
  calm(page)
  await page.context().close()
})

test('a session is renewed silently, and says so when it has ended', async () => {
  const page = await open(browser)
  await register(page)
  const stored = () => page.evaluate(() => JSON.parse(localStorage.getItem('jobraker.session')))
  const spoil = (change) => page.evaluate((change) => {
    const session = JSON.parse(localStorage.getItem('jobraker.session'))
    localStorage.setItem('jobraker.session', JSON.stringify({ ...session, ...change }))
  }, change)
  const first = await stored()
  await spoil({ access: 'no token', until: Date.now() + 600_000 })
  await page.reload()
  await page.getByText('Drop your résumé here').waitFor()
  const second = await stored()
  assert.notEqual(second.refresh, first.refresh)
  await spoil({ until: 0 })
  await page.reload()
  await page.getByText('Drop your résumé here').waitFor()
  assert.notEqual((await stored()).refresh, second.refresh)
  await spoil({ refresh: 'used up', until: 0 })
  await page.reload()
  await page.getByText('Your session has ended').waitFor()
  calm(page, refusals)
  await page.context().close()
})

test('everything can be reached and used with the keyboard alone', async () => {
  const page = await open(browser)
  await page.keyboard.press('Tab')
  await tabTo(page, 'button', 'Create an account')
  await focusIsSeen(page)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Create an account' }).waitFor()
  await page.getByLabel('E-mail').focus()
  await page.keyboard.type(address())
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await page.getByText('Drop your résumé here').waitFor()
  await page.evaluate(() => document.activeElement.blur())
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
  await tabTo(page, 'button', 'Paste text')
  await focusIsSeen(page)
  await page.keyboard.press('Enter')
  await tabTo(page, 'textbox', 'Your résumé as text')
  await page.keyboard.type('Grace Example. Software engineer at Contoso Ltd, 2015 to 2024. Skills: C++, Python, Linux, PostgreSQL.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'See matches' }).waitFor()
  await page.getByRole('link', { name: 'See matches' }).focus()
  await page.keyboard.press('Enter')
  const heading = page.getByRole('heading', { level: 1, name: 'Matches' })
  await heading.waitFor()
  assert.ok(await heading.evaluate((element) => element === document.activeElement), 'the heading of the new place has the focus')
  assert.match(await page.title(), /^Matches/)
  await tabTo(page, 'button', 'Score jobs')
  await focusIsSeen(page)
  await page.keyboard.press('Enter')
  await page.getByText(/jobs? scored/).waitFor()
  await page.getByRole('link', { name: 'Assistant' }).focus()
  await page.keyboard.press('Enter')
  await tabTo(page, 'button', 'Agree and begin')
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
  await tabTo(page, 'textbox', 'Message')
  await page.keyboard.type('How long should a CV be?')
  await page.keyboard.press('Enter')
  await done(page)
  calm(page)
  await page.context().close()
})

test('the chosen colours stay, and the system decides when none are chosen', async () => {
  const page = await open(browser, { theme: 'dark' })
  const light = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number)[0] > 128)
  assert.equal(await light(), false)
  await page.getByRole('button', { name: /^Colours: system/ }).click()
  assert.equal(await light(), true)
  await page.reload()
  assert.equal(await light(), true)
  await page.getByRole('button', { name: /^Colours: light/ }).click()
  await page.getByRole('button', { name: /^Colours: dark/ }).click()
  await page.emulateMedia({ colorScheme: 'light' })
  assert.equal(await light(), true)
  await page.emulateMedia({ colorScheme: 'dark' })
  assert.equal(await light(), false)
  await page.context().close()
})

test('every view is accessible and fits, light and dark, wide and narrow', async () => {
  const setup = await open(browser)
  await register(setup)
  const empty = await setup.context().storageState()
  const other = await open(browser)
  await register(other)
  await upload(other)
  await score(other)
  await other.getByRole('button', { name: /Prepare an application/ }).first().click()
  await allow(other)
  await other.getByRole('button', { name: 'Prepare the documents' }).click()
  await allow(other)
  await other.getByRole('button', { name: 'Résumé', exact: true }).waitFor()
  const application = new URL(other.url()).hash
  await go(other, 'Assistant')
  await say(other, 'Find remote engineer jobs and tell me about the first')
  await done(other)
  const conversation = new URL(other.url()).hash
  const full = await other.context().storageState()
  const views = [
    ['sign-in', undefined, '', (page) => page.getByRole('heading', { name: 'Sign in' })],
    ['profile-empty', empty, '#/profile', (page) => page.getByText('Drop your résumé here')],
    ['matches-empty', empty, '#/matches', (page) => page.getByText('First, your résumé')],
    ['applications-empty', empty, '#/applications', (page) => page.getByText('No application yet')],
    ['assistant-consent', empty, '#/assistant', (page) => page.getByRole('button', { name: 'Agree and begin' })],
    ['profile', full, '#/profile', (page) => page.getByRole('heading', { name: /Amara/ })],
    ['matches', full, '#/matches', (page) => page.locator('.match').first()],
    ['application', full, application, (page) => page.getByRole('button', { name: 'Résumé', exact: true })],
    ['assistant-new', full, '#/assistant', (page) => page.getByText('What would you like to know?')],
    ['assistant', full, conversation, (page) => page.getByText('Report').first()],
    ['nowhere', full, '#/nowhere', (page) => page.getByText('There is no such page')],
  ]
  for (const theme of ['light', 'dark'])
    for (const [width, size] of [['wide', wide], ['narrow', narrow]]) {
      for (const [name, storageState, hash, ready] of views) {
        const page = await open(browser, { theme, size, path: '/' + hash, storageState })
        await ready(page).waitFor()
        const what = `${name}-${theme}-${width}`
        // A whole page on a narrow screen would show the navigation in its middle.
        await shot(page, what, width === 'wide')
        await accessible(page, what)
        await fits(page, what)
        calm(page, refusals)
        await page.context().close()
      }
    }
  assert.ok(base)
})
