/** What the documents say from the source is what the source says. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkCondition } from '../../src/iam/condition.ts'
import { DOCUMENTS } from './documents.ts'
import { readBlocks } from './markdown.ts'
import { PARTS, partsIn, regenerated } from './reference/index.ts'

test.for(DOCUMENTS)('the generated parts of %s are up to date (else: npm run docs)', (document) => {
  expect(readFileSync(document, 'utf8')).toBe(regenerated(document))
})

test('every generated part stands in exactly one document', () => {
  const written = DOCUMENTS.flatMap(partsIn)
  expect(new Set(written)).toEqual(new Set(Object.keys(PARTS)))
  expect(written).toHaveLength(new Set(written).size)
})

const CONDITIONS = DOCUMENTS.flatMap((document) =>
  readBlocks(document)
    .filter(({ language }) => language === 'cel')
    .map(({ line, text }) => [`${document}:${line}`, text] as const),
)

test.for(CONDITIONS)('the condition in %s is accepted', ([, text]) => {
  expect(checkCondition(text)).toEqual([])
})
