import { describe, expect, it } from 'vitest'
import { bodyIn, ChunkFraming } from '../../src/proxy/chunk-framing.ts'

/** Pushes `text` in pieces of `size` bytes. */
function follow(text: string, size: number): { plain: boolean; done: boolean } {
  const framing = new ChunkFraming()
  const bytes = Buffer.from(text, 'latin1')
  let plain = true
  for (let i = 0; i < bytes.length && plain; i += size) plain = framing.push(bytes.subarray(i, i + size))
  return { plain, done: framing.done }
}

const PLAIN = [
  ['an empty body', '0\r\n\r\n'],
  ['one chunk', '3\r\nabc\r\n0\r\n\r\n'],
  ['upper and lower case sizes', `a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n`],
  ['data that looks like framing', '9\r\n0\r\n\r\n1;x=\r\n0\r\n\r\n'],
  ['a size of several digits', `00000010\r\n${'x'.repeat(16)}\r\n0\r\n\r\n`],
  ['a next request behind it', '0\r\n\r\nGET / HTTP/1.1\r\n'],
] as const

const AMBIGUOUS = [
  ['an extension', '3;a=b\r\nabc\r\n0\r\n\r\n'],
  ['an extension of the final chunk', '3\r\nabc\r\n0;a=b\r\n\r\n'],
  ['a space behind the size', '3 \r\nabc\r\n0\r\n\r\n'],
  ['a bare line feed', '3\nabc\r\n0\r\n\r\n'],
  ['a bare line feed behind the data', '3\r\nabc\n0\r\n\r\n'],
  ['no size', '\r\nabc\r\n0\r\n\r\n'],
  ['a size that overflows', '100000000000000003\r\nabc\r\n0\r\n\r\n'],
  ['a sign', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a hexadecimal prefix', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['more data than announced', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a trailer', '0\r\nx-amz-acl: public-read\r\n\r\n'],
] as const

describe('chunked framing', () => {
  it.each(PLAIN)('accepts %s, however it is cut', (_, text) => {
    for (let size = 1; size <= text.length; size++)
      expect(follow(text, size)).toEqual({ plain: true, done: true })
  })

  it.each(AMBIGUOUS)('refuses %s, however it is cut', (_, text) => {
    for (let size = 1; size <= text.length; size++) expect(follow(text, size).plain).toBe(false)
  })
})

describe('what follows the headers in the piece in which they end', () => {
  it.each([
    ['the whole head', 'GET / HTTP/1.1\r\nHost: x\r\n\r\nrest', 'rest'],
    ['the end of a value', 'x\r\nHost: x\r\n\r\nrest', 'rest'],
    ['the end of a line, and another', '\r\nHost: x\r\n\r\nrest', 'rest'],
    ['half the end of a line, and another', '\nHost: x\r\n\r\nrest', 'rest'],
    ['all of the end', '\r\n\r\nrest', 'rest'],
    ['three bytes of the end', '\n\r\nrest', 'rest'],
    ['two bytes of the end', '\r\n3\r\nabc\r\n\r\n', '3\r\nabc\r\n\r\n'],
    ['one byte of the end', '\n3;a=b\r\nabc\r\n0\r\n\r\n', '3;a=b\r\nabc\r\n0\r\n\r\n'],
    ['the last byte, and nothing else', '\n', ''],
    ['a head without an end', 'GET / HTTP/1.1\r\n', undefined],
  ])('%s', (_, piece, body) => {
    expect(bodyIn(Buffer.from(piece))?.toString()).toBe(body)
  })
})
