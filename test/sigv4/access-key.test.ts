import { expect, test } from 'vitest'
import { decodeAt, parseAccessKey } from '../../src/sigv4/access-key.ts'

const KEY = 'SCWVD8M2PZA01RWVNG9AR'
const PROJECT = 'a529d1e9-0123-4567-89ab-cdef01233c37'

test.each([
  [KEY, { accessKey: KEY, projectId: null }],
  [`${KEY}@${PROJECT}`, { accessKey: KEY, projectId: PROJECT }],
  ['abc', { accessKey: 'abc', projectId: null }],
  ['a.b_c-D9', { accessKey: 'a.b_c-D9', projectId: null }],
  ['x'.repeat(128), { accessKey: 'x'.repeat(128), projectId: null }],
])('%s is a key', (text, expected) => {
  expect(parseAccessKey(text)).toEqual(expected)
})

test.each([
  ['nothing', ''],
  ['too short', 'ab'],
  ['too long', 'x'.repeat(129)],
  ['a character no key has', 'KEY+KEY'],
  ['a space', 'KEY KEY'],
  ['a slash', 'KEY/KEY'],
  ['beyond ASCII', 'KEYü'],
  ['a lone @', '@'],
  ['no key', `@${PROJECT}`],
  ['no project', `${KEY}@`],
  ['two @', `${KEY}@${PROJECT}@${PROJECT}`],
  ['@ twice in a row', `${KEY}@@${PROJECT}`],
  ['encoded twice', `${KEY}%40${PROJECT}`],
  ['the issue’s own bad example', 'SCWVD8M2PZA01RWVNG9AR@a529d1e90-3c37'],
  ['upper case', `${KEY}@${PROJECT.toUpperCase()}`],
  ['no dashes', `${KEY}@${PROJECT.replaceAll('-', '')}`],
  ['braces', `${KEY}@{${PROJECT}}`],
  ['a dash in the wrong place', `${KEY}@a529d1e90-123-4567-89ab-cdef01233c37`],
  ['a digit too many', `${KEY}@${PROJECT}0`],
  ['no hex', `${KEY}@g529d1e9-0123-4567-89ab-cdef01233c37`],
  ['white space behind', `${KEY}@${PROJECT} `],
  ['a newline behind', `${KEY}@${PROJECT}\n`],
])('%s is malformed', (_, text) => {
  expect(parseAccessKey(text)).toBeUndefined()
})

test('%40 is decoded exactly once', () => {
  expect(decodeAt(`${KEY}%40${PROJECT}`)).toBe(`${KEY}@${PROJECT}`)
  expect(parseAccessKey(decodeAt(`${KEY}%2540${PROJECT}`))).toBeUndefined()
  expect(parseAccessKey(decodeAt(`${KEY}%40${PROJECT}%40`))).toBeUndefined()
})
