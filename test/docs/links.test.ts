/** Links within the project lead somewhere, and blocks are of a kind that is known. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { DOCUMENTS } from './documents.ts'
import { readAnchors, readBlocks, readLinks } from './markdown.ts'

test.for(DOCUMENTS)('every link of %s leads to a file, and to a heading in it', (document) => {
  const broken = readLinks(document)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      return !existsSync(file) || (anchor !== undefined && !readAnchors(file).has(anchor))
    })
  expect(broken).toEqual([])
})

/** `sh` and `console` are run, `cel` is checked; the others are text to read. */
const LANGUAGES = ['', 'cel', 'console', 'go', 'ini', 'java', 'js', 'python', 'ruby', 'sh', 'sql', 'yaml']

test.for(DOCUMENTS)('every block of %s is in a known language', (document) => {
  const unknown = readBlocks(document).filter(({ language }) => !LANGUAGES.includes(language))
  expect(unknown).toEqual([])
})
