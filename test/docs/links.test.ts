/** Links within the project lead somewhere. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { DOCUMENTS } from './documents.ts'
import { readAnchors, readLinks } from './markdown.ts'

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
