// The assistant.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calm, focused, shot } from '../browser.mjs'
import { address, asked, beginChat, done, lastAnswer, letters, open, register, sandbox, say, upload } from './people.mjs'

test('answers stream, are said again after a reload, stop when told, and name their sources', async () => {
  const page = await open()
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
  await page.waitForFunction(() => document.activeElement.textContent.includes('Falconry'))

  await sandbox('POST', '/control/pace', { token_ms: 200 })
  await say(page, 'How do I write a cover letter?')
  await page.getByRole('button', { name: 'Stop the answer' }).click()
  await lastAnswer(page).getByText('Stopped.').waitFor()
  await sandbox('POST', '/control/pace', { token_ms: 0 })
  calm(page)
  await page.context().close()
})

test('after a lost connection the answer is complete, and a question that was lost is asked again', async () => {
  const page = await open()
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
  await page.route('**/auth/ws-ticket', (route) => route.fulfill({ status: 503, json: {} }))
  await sockets.at(-1).close({ code: 1011 })
  await page.getByText('The connection is lost').waitFor()
  await page.unroute('**/auth/ws-ticket')
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
  calm(page, /status of 503/)
  await page.context().close()
})

test('what a function would change waits for a yes', async () => {
  const page = await open()
  await register(page)
  await upload(page)
  await beginChat(page)
  const salary = async () => (await asked(page, '/profiles/profile/me')).preferences.salary_range_min
  const before = await salary()
  await page.getByRole('button', { name: /minimum salary/ }).click()
  const question = page.getByRole('group', { name: 'The assistant asks' })
  await question.waitFor()
  await focused(page, question)
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
