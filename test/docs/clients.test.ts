/** The documents tell of every client that is tested, and how it is set up. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CLIENTS } from '../clients/adapters/index.ts'

/** As it is called whichever its version is. */
const NAMES = CLIENTS.map(({ name }) => name.replace(/ (v\d|\d+\.\d+|newest)$/, ''))

test.for([
  { document: 'README.md', entry: /^\| (.+?) \|/gm },
  { document: 'docs/clients.md', entry: /^### (.+)$/gm },
])('$document has an entry for every client', ({ document, entry }) => {
  const entries = [...readFileSync(document, 'utf8').matchAll(entry)].map(([, title = '']) => title)
  expect(NAMES.filter((name) => !entries.some((title) => title.startsWith(name)))).toEqual([])
})
