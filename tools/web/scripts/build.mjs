// Builds the pages and writes them as C++: node build.mjs --cache DIR --out FILE.cpp
// DIR holds what is built and is shared by all presets; nothing is done twice for the same sources. The network is
// needed only when node_modules does not hold what package-lock.json says.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cpp, table } from './embed.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({ options: { cache: { type: 'string' }, out: { type: 'string' } } })
if (!values.cache || !values.out) throw new Error('usage: build.mjs --cache DIR --out FILE.cpp')

function fail(why) {
  console.error(`web: ${why}`)
  process.exit(1)
}

function run(what, command, args) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (done.status === 0) return
  console.error(done.stdout ?? '', done.stderr ?? '', done.error ?? '')
  fail(`${what} failed`)
}

const json = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** Whether node_modules holds every package of package-lock.json, those for other platforms left aside. */
function installed() {
  const present = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(present)) return false
  const have = json(present).packages
  return Object.entries(json(join(root, 'package-lock.json')).packages).every(
    ([name, entry]) => name === '' || entry.optional || have[name]?.version === entry.version,
  )
}

/** The files that decide what comes out. */
function* sources(folder = root) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else yield path
  }
}

function fingerprint() {
  const hash = createHash('sha256')
  for (const path of sources()) {
    hash.update(relative(root, path).split(sep).join('/') + '\0')
    hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}

mkdirSync(values.cache, { recursive: true })
if (!installed()) {
  console.log('web: npm ci')
  run('npm ci (it needs a package registry; see npm config get registry)', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
}
const dist = join(values.cache, 'dist')
const stamp = join(values.cache, 'fingerprint')
const wanted = fingerprint()
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  rmSync(stamp, { force: true })
  run('vite build', process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--outDir', dist, '--emptyOutDir', '--logLevel', 'warn'])
  writeFileSync(stamp, wanted)
}
const text = cpp(table(dist))
if (!existsSync(values.out) || readFileSync(values.out, 'utf8') !== text) {
  mkdirSync(dirname(values.out), { recursive: true })
  writeFileSync(values.out, text)
}
