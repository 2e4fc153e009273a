// A folder of built pages as a C++ table of net::Asset.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

function* files(folder, below = '') {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* files(join(folder, entry.name), `${below}${entry.name}/`)
    else yield below + entry.name
  }
}

/** `index.html` is `/`, `console.html` is `/console`, the others keep their names. */
function place(name) {
  if (name === 'index.html') return '/'
  return '/' + name.replace(/\.html$/, '')
}

/** What is served: path, type, tag, bytes and, where it saves a tenth, the same compressed. */
export function table(dist) {
  return [...files(dist)].map((name) => {
    const type = types[extname(name)]
    if (!type) throw new Error(`${name}: no content type is known for it`)
    const bytes = readFileSync(join(dist, name))
    const gzip = gzipSync(bytes, { level: 9 })
    return {
      path: place(name),
      type,
      etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
      bytes,
      gzip: gzip.length < bytes.length * 0.9 ? gzip : Buffer.alloc(0),
      immutable: name.startsWith('assets/'),
    }
  })
}

const array = (name, bytes) => `constexpr unsigned char ${name}[] = {${[...bytes, 0].join(',')}};\n`
const view = (name, bytes) => (bytes.length ? `{reinterpret_cast<const char*>(${name}), ${bytes.length}}` : '{}')

/** The source file behind embedded/web_assets.hpp. */
export function cpp(assets) {
  const data = assets.map((a, i) => array(`b${i}`, a.bytes) + (a.gzip.length ? array(`z${i}`, a.gzip) : ''))
  const rows = assets.map(
    (a, i) => `  {"${a.path}", "${a.type}", "${a.etag}", ${view(`b${i}`, a.bytes)}, ${view(`z${i}`, a.gzip)}, ${a.immutable}},\n`,
  )
  return `#include "embedded/web_assets.hpp"
namespace jobraker {
namespace {
${data.join('')}const net::Asset files[] = {
${rows.join('')}};
}
net::Assets web_assets() { return files; }
}
`
}
