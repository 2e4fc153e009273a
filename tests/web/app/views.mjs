// The keyboard alone, and every view in every form.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessible, calm, fits, focused, focusIsSeen, narrow, shot, tabTo, wide } from '../browser.mjs'
import { address, allow, done, go, open, password, refusals, register, say, score, upload } from './people.mjs'

test('everything can be reached and used with the keyboard alone', async () => {
  const page = await open()
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
  await page.waitForFunction(() => document.activeElement.id === 'main')
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
  await focused(page, heading)
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

test('every view is accessible and fits, light and dark, wide and narrow', async () => {
  const setup = await open()
  await register(setup)
  const empty = await setup.context().storageState()
  const other = await open()
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
        const page = await open({ theme, size, path: '/' + hash, storageState })
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
})
