// `/docs` in Chromium: everything that /openapi.json tells is shown, nothing is loaded from elsewhere, and requests can be tried.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { base, calm, launch, open, shot } from '../web/browser.mjs'

let browser
before(async () => void (browser = await launch()))
after(() => browser?.close())

const json = async (path, init) => (await fetch(base + path, init)).json()
const methods = ['get', 'put', 'post', 'delete', 'patch']

async function shown() {
  const page = await open(browser, { path: '/docs' })
  await page.locator('.opblock').first().waitFor()
  return page
}

test('every operation is shown, and the browser has nothing to complain of', async () => {
  const document = await json('/openapi.json')
  const operations = Object.values(document.paths).flatMap((path) => methods.filter((method) => path[method]).map((m) => path[m]))
  const page = await shown()
  assert.equal(await page.locator('.opblock').count(), operations.length)
  const summaries = await page.locator('.opblock-summary-description').allTextContents()
  for (const operation of operations) assert.ok(summaries.includes(operation.summary), operation.summary)
  assert.equal(await page.locator('.errors-wrapper, .version-pragma').count(), 0)
  await shot(page, 'docs', false)
  calm(page)
})

test('a request is tried with a token', async () => {
  const account = JSON.parse(process.env.JOBRAKER_WEB_ADMIN)
  const { access_token } = await json('/api/v1/auth/login', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account),
  })
  const page = await shown()
  await page.locator('.btn.authorize').click()
  await page.locator('.auth-container', { hasText: 'http, Bearer' }).locator('input').fill(access_token)
  await page.locator('.auth-container', { hasText: 'http, Bearer' }).getByRole('button', { name: 'Apply credentials' }).click()
  await page.locator('.close-modal').click()
  const block = page.locator('#operations-accounts-get_user')
  await block.locator('.opblock-summary-control').click()
  await block.getByRole('button', { name: 'Try it out' }).click()
  await block.getByRole('button', { name: 'Execute' }).click()
  const live = block.locator('.live-responses-table')
  await live.waitFor()
  assert.match(await live.locator('.response-col_status').last().innerText(), /^200/)
  assert.match(await live.innerText(), new RegExp(account.email))
  calm(page)
})
