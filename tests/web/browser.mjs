// Chromium for the tests of the pages: a fresh profile, no network beyond this machine, and every complaint of the
// browser (errors, refused loads) makes the test fail.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

export const base = process.env.JOBRAKER_WEB_URL
export const shots = process.env.JOBRAKER_WEB_SHOTS
const executablePath = process.env.JOBRAKER_CHROMIUM ?? '/usr/bin/chromium'
const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none',
]
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const wide = { width: 1280, height: 860 }
export const narrow = { width: 390, height: 844 }

export async function launch() {
  assert.ok(base, 'JOBRAKER_WEB_URL says where the server is')
  assert.ok(existsSync(executablePath), `${executablePath} is not there: run tools/dev/setup --tests`)
  mkdirSync(shots, { recursive: true })
  return chromium.launch({ executablePath, headless: true, args: flags })
}

/** A page of somebody with a clean browser. `page.complaints` is what the browser complained of. */
export async function open(browser, { path = '/', theme = 'light', size = wide, motion = 'reduce', storageState } = {}) {
  const context = await browser.newContext({ viewport: size, colorScheme: theme, reducedMotion: motion, locale: 'en-GB', timezoneId: 'Europe/London', acceptDownloads: true, storageState })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  page.complaints = []
  page.on('pageerror', (error) => page.complaints.push(`${error}`))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.complaints.push(message.text()))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(base).host) page.complaints.push(`asked for ${url.host}`)
  })
  await page.goto(base + path)
  return page
}

/** Nobody complained but for what `expected` allows. */
export function calm(page, expected = /(?!)/) {
  assert.deepEqual(page.complaints.filter((text) => !expected.test(text)), [])
}

/** Kept for a person to look at. */
export async function shot(page, name, whole = true) {
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: whole })
}

/** No violation of WCAG 2.2 A and AA that axe can find. Evaluated by the debugger, so the page's CSP stays as it is. */
export async function accessible(page, what) {
  await page.evaluate(axe)
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  )
  const lines = found.violations.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join('\n    ')}`)
  assert.equal(lines.length, 0, `${what}:\n${lines.join('\n')}`)
}

/** Waits until the element has the focus, which follows what is seen a moment later. */
export async function focused(page, locator) {
  await page.waitForFunction((element) => element === document.activeElement, await locator.elementHandle())
}

/** Presses Tab until the element with that role and name has the focus; says how often. */
export async function tabTo(page, role, name, most = 60) {
  const wanted = await page.getByRole(role, { name }).first().elementHandle()
  for (let count = 1; count <= most; count++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((element) => element === document.activeElement, wanted)) return count
  }
  assert.fail(`${role} ${name} was not reached with ${most} tabs`)
}

/** What has the focus shows it. */
export async function focusIsSeen(page) {
  const seen = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement)
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
  })
  assert.ok(seen, 'the focus cannot be seen')
}

/** The page is no wider than the window. */
export async function fits(page, what) {
  const over = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1).map((e) => `${e.tagName}.${e.className}`).slice(0, 5)
  })
  assert.deepEqual(over, [], `${what}: wider than the window`)
}
