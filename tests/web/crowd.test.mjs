// The console over a hundred thousand actors of which some are at work: it stays usable, and it is told what it costs.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { calm, launch, open, shot } from './browser.mjs'

const admin = JSON.parse(process.env.JOBRAKER_WEB_ADMIN)
const crowd = Number(process.env.JOBRAKER_WEB_CROWD)
const server = process.env.JOBRAKER_WEB_SERVER_PID
const ticks_per_s = Number(execFileSync('getconf', ['CLK_TCK']))
let browser
let page

before(async () => {
  browser = await launch()
})
after(() => browser?.close())

/** Seconds of processor that the server has used. */
function used() {
  const text = readFileSync(`/proc/${server}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticks_per_s
}

/** The share of a core that the server uses while some seconds pass. */
async function share(seconds) {
  const [from, began] = [used(), performance.now()]
  await new Promise((done) => setTimeout(done, seconds * 1000))
  return (used() - from) / ((performance.now() - began) / 1000)
}

const told = (what, ms) => console.log(`# ${what}: ${Math.round(ms)} ms`)
async function timed(what, work) {
  const began = performance.now()
  const result = await work()
  told(what, performance.now() - began)
  return result
}

const grid = () => page.getByRole('grid', { name: 'Actors' })
const rowcount = async () => Number(await grid().getAttribute('aria-rowcount')) - 1
/** The texts of a column of the rows that are drawn and fetched. */
const column = (title) =>
  page.evaluate((title) => {
    const heads = [...document.querySelectorAll('.grid-head [role=columnheader]')].map((e) => e.innerText.trim())
    return [...document.querySelectorAll('.grid-body [role=row]:not(.pending)')].map((row) => row.children[heads.indexOf(title)].innerText.trim())
  }, title)
const number = (text) => {
  const found = /^([\d.,]+)\s*([kMGT]?)/.exec(text)
  return found ? Number(found[1].replaceAll(',', '')) * { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[found[2]] : 0
}
async function sortBy(title) {
  const head = grid().getByRole('columnheader', { name: title, exact: true })
  await timed(`sorted by ${title}`, async () => {
    await head.getByRole('button').click()
    await page.waitForFunction((title) => {
      const head = [...document.querySelectorAll('.grid-head [role=columnheader]')].find((e) => e.innerText.trim() === title)
      return head.ariaSort === 'descending' && document.querySelector('.grid').ariaBusy === 'false' && document.querySelector('.grid-body [role=row]:not(.pending)')
    }, title)
  })
}

test('all of them are counted', async () => {
  console.log(`# a core's share without a console: ${((await share(8)) * 100).toFixed(1)} %`)
  page = await open(browser, { path: '/console#/actors' })
  await page.getByLabel('E-mail').fill(admin.email)
  await page.getByLabel('Password').fill(admin.password)
  await timed('from signing in to the first rows', async () => {
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('live', { exact: true }).waitFor()
    await grid().getByRole('gridcell', { name: '/crowd/' }).first().waitFor()
  })
  await page.waitForFunction((crowd) => Number(document.querySelector('.grid').ariaRowCount) > crowd, crowd)
  const drawn = await page.locator('.grid-body [role=row]').count()
  assert.ok(drawn > 10 && drawn < 200, `${drawn} rows are drawn`)
})

test('they are sorted by the server', async () => {
  for (const title of ['Mailbox', 'Msg/s', 'Messages', 'Busy', 'Memory']) await sortBy(title)
  // Not one of those that hold little is among the first.
  await page.waitForFunction(() => [...document.querySelectorAll('.grid-body [role=row]:not(.pending)')].length > 10)
  const held = (await column('Memory')).map(number)
  assert.ok(held[0] > 900_000, `${held}`)
  assert.ok(held.every((bytes, i) => i === 0 || held[i - 1] >= bytes * 0.98), `${held}`)
  await shot(page, 'console-crowd', false)
})

test('one of them is found', async () => {
  await timed('one found by a part of its path', async () => {
    await page.getByLabel('Search').fill('walkers/129999')
    await page.waitForFunction(() => document.querySelectorAll('.grid-body [role=row]:not(.pending)').length === 1)
  })
  assert.deepEqual(await column('Path'), ['/crowd/walkers/129999'])
  await grid().getByRole('row').filter({ hasText: 'walkers/129999' }).click()
  await timed('looked into', () => page.getByRole('complementary').getByText('Last messages').waitFor())
  await page.keyboard.press('Escape')
  await page.getByLabel('Search').fill('')
  await page.getByLabel('Kind').selectOption('waiter')
  await page.waitForFunction((n) => Number(document.querySelector('.grid').ariaRowCount) - 1 === n, crowd / 100)
  await page.getByLabel('State').selectOption('waiting')
  await page.waitForFunction(() => document.querySelector('.grid-body [role=row]:not(.pending) .doing')?.innerText.includes('crowd.example'))
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.waitForFunction((crowd) => Number(document.querySelector('.grid').ariaRowCount) > crowd, crowd)
})

test('they are scrolled through from the first to the last', async () => {
  await sortByPath()
  const box = page.locator('.grid')
  await box.focus()
  await timed('at the last', async () => {
    await page.keyboard.press('End')
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll('.grid-body [role=row]')]
      const last = Number(document.querySelector('.grid').ariaRowCount)
      return rows.some((row) => Number(row.ariaRowIndex) === last && !row.classList.contains('pending'))
    })
  })
  await timed('at the first again', async () => {
    await page.keyboard.press('Home')
    await page.waitForFunction(() => [...document.querySelectorAll('.grid-body [role=row]:not(.pending)')].some((row) => Number(row.ariaRowIndex) === 2))
  })
  // As with a wheel, without a break.
  const gaps = await page.evaluate(async () => {
    const box = document.querySelector('.grid')
    const gaps = []
    let before = performance.now()
    for (let i = 0; i < 180; i++) {
      box.scrollTop += 1200
      const now = await new Promise(requestAnimationFrame)
      gaps.push(now - before)
      before = now
    }
    return gaps.sort((a, b) => a - b)
  })
  told('between two frames while it is scrolled, median', gaps[90])
  told('between two frames while it is scrolled, longest', gaps.at(-1))
  await timed('where it came to rest', () => page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('.grid-body [role=row]')]
    return rows.length > 10 && rows.every((row) => !row.classList.contains('pending'))
  }))
  const paths = await column('Path')
  assert.deepEqual(paths, [...paths].sort())
})

async function sortByPath() {
  await grid().getByRole('columnheader', { name: 'Path', exact: true }).getByRole('button').click()
  await page.waitForFunction(() => location.hash.includes('sort=path') && document.querySelector('.grid-body [role=row]:not(.pending)'))
}

test('the tree opens', async () => {
  await page.getByRole('radio', { name: 'Tree' }).or(page.getByRole('button', { name: 'Tree', exact: true })).first().click()
  const tree = page.getByRole('treegrid')
  const branch = (name, level) => tree.locator(`tr[aria-level="${level}"]`).filter({ hasText: name }).first()
  await branch('crowd', 1).waitFor()
  await timed('one branch', async () => {
    await branch('crowd', 1).click()
    await branch('walkers', 2).waitFor()
  })
  await timed('one of many leaves', async () => {
    await branch('sleepers', 2).click()
    await tree.getByRole('button', { name: /more: see them in the table/ }).waitFor()
  })
  await shot(page, 'console-crowd-tree', false)
  await tree.getByRole('button', { name: /more: see them in the table/ }).click()
  await page.waitForFunction(() => location.hash.includes('sleepers') && document.querySelector('.grid-body [role=row]:not(.pending)'))
})

test('what the console costs is told', async () => {
  await page.goto(page.url().replace(/#.*/, '#/actors?sort=rate&order=desc'))
  await page.waitForFunction((crowd) => Number(document.querySelector('.grid')?.ariaRowCount) > crowd, crowd)
  const open = await share(10)
  calm(page)
  await page.context().close()
  const closed = await share(10)
  console.log(`# a core's share with a console open, sorted by rate, every second: ${(open * 100).toFixed(1)} %, closed: ${(closed * 100).toFixed(1)} %, so ${((open - closed) * 100).toFixed(1)} %`)
})
