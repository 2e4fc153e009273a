// Accounts, sessions and colours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calm, focused, shot } from '../browser.mjs'
import { open, password, refusals, register } from './people.mjs'

test('what is wrong with an account is said beside the field, and the focus goes there', async () => {
  const page = await open()
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill('somebody@example.com')
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByText('must have at least 10 characters').waitFor()
  const field = page.getByLabel('Password')
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  await focused(page, field)
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

test('a session is renewed silently, and says so when it has ended', async () => {
  const page = await open()
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

test('the chosen colours stay, and the system decides when none are chosen', async () => {
  const page = await open({ theme: 'dark' })
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
