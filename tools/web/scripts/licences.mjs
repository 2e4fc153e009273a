import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the pages are made of, beside our own code: their authors ask to be named wherever it goes. */
const packages = ['preact', '@preact/signals', '@preact/signals-core', '@fontsource-variable/inter', 'swagger-ui-dist']

function entry(root, name) {
  const folder = join(root, 'node_modules', name)
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].map((f) => join(folder, f)).find((f) => existsSync(f))
  if (!file) throw new Error(`${name} has no licence text`)
  // What a package has packed into itself says so in files of its own.
  const more = ['NOTICE', 'swagger-ui-es-bundle.js.LICENSE.txt'].map((f) => join(folder, f)).filter((f) => existsSync(f))
  return [`${name} ${version} (${license})`, ...[file, ...more].map((f) => readFileSync(f, 'utf8').trim())].join('\n\n') + '\n'
}

/** A plugin of Vite that writes licences.txt beside the pages. */
export const licences = () => {
  let root
  return {
    name: 'licences',
    configResolved: (config) => void (root = config.root),
    generateBundle() {
      const source = packages.map((name) => entry(root, name)).join(`\n${'-'.repeat(80)}\n\n`)
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source })
    },
  }
}
