// People of the page at `/`: what they do again and again.
import { readFileSync } from 'node:fs'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launch, open as openIn } from '../browser.mjs'

export const resume = fileURLToPath(new URL('../../../tools/demo/resume.pdf', import.meta.url))
export const resumeBase64 = () => readFileSync(resume).toString('base64')
export const password = 'a good password'
// The browser tells of every answer that is an error; these are asked for.
export const refusals = /status of (401|404|422)/
let browser
let count = 0

before(async () => (browser = await launch()))
after(() => browser?.close())
export const open = (options) => openIn(browser, options)

export const address = () => `person${process.pid}-${++count}@example.com`
export const sandbox = (method, path, body) =>
  fetch(process.env.JOBRAKER_WEB_SANDBOX + path, { method, headers: { 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}) })

/** What the API says to the person of this page. */
export const asked = (page, path) =>
  page.evaluate(async (path) => {
    const { access } = JSON.parse(localStorage.getItem('jobraker.session'))
    return (await fetch('/api/v1' + path, { headers: { authorization: `Bearer ${access}` } })).json()
  }, path)

export async function register(page, email = address()) {
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByText('Drop your résumé here').waitFor()
  return email
}

export const go = (page, name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click()
export const allow = (page) => page.getByRole('dialog').getByRole('button', { name: 'Allow' }).click()

export async function upload(page) {
  await page.getByLabel('Résumé file').setInputFiles(resume)
  await page.getByRole('heading', { name: /Amara Whitfield/ }).waitFor()
}

export async function score(page) {
  await go(page, 'Matches')
  await page.getByRole('button', { name: 'Score jobs' }).first().click()
  await page.getByRole('heading', { level: 2, name: /C\+\+/ }).first().waitFor()
}

export async function beginChat(page) {
  await go(page, 'Assistant')
  await page.getByRole('button', { name: 'Agree and begin' }).click()
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
}

export async function say(page, text) {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}

/** A text without what Markdown and line breaks make of it. */
export const letters = (text) => text.replace(/[^\p{L}\p{N}]/gu, '')
export const lastAnswer = (page) => page.locator('.turn').last()
export const done = (page) => lastAnswer(page).getByText('Report').waitFor()
