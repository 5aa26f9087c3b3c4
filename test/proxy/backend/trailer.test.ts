/** A checksum behind the body, sent behind the body: what goes out is what our own verifier takes in. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { TrailerFraming } from '../../../src/proxy/backend/trailer.ts'
import { bodyExpectation } from '../../../src/sigv4/body-expectation.ts'
import { createBodyVerifier } from '../../../src/sigv4/body-verifier.ts'
import { loadChecksums } from '../../../src/sigv4/checksum.ts'

const checksums = await loadChecksums()
const MIB = 1024 * 1024

/** The framed body, given in slices of this size. */
function framed(framing: TrailerFraming, body: Buffer, slice: number, value: string): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += slice)
    framing.frame(body.subarray(at, at + slice), (piece) => pieces.push(piece))
  pieces.push(framing.end([['x-amz-checksum-sha256', value]]))
  return Buffer.concat(pieces)
}

describe.each([1, 17, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 5])('%i bytes', (length) => {
  test.each([1000, 65_536, 2 * MIB])('in slices of %i', (slice) => {
    const body = Buffer.alloc(length, 'abcdefg')
    const value = createHash('sha256').update(body).digest('base64')
    const framing = new TrailerFraming('SHA256', length)
    const wire = framed(framing, body, slice, value)
    expect(wire.length).toBe(framing.wireLength)

    const decoded: Buffer[] = []
    const verifier = createBodyVerifier(
      bodyExpectation({
        headers: new Map([...framing.headers, ['content-length', String(framing.wireLength)]]),
        hoisted: new Set(),
        mode: { kind: 'unsigned-trailer' },
        seed: null,
        checksumOf: 'body',
      }),
      (piece) => decoded.push(piece),
      checksums,
    )
    verifier.push(wire)
    expect(verifier.end().checksums).toEqual([['x-amz-checksum-sha256', value]])
    expect(Buffer.concat(decoded).equals(body)).toBe(true)
  })
})

test('an announced checksum that did not come is no checksum', () => {
  expect(() => new TrailerFraming('CRC32', 1).end([])).toThrow(
    expect.objectContaining({ code: 'MalformedTrailerError' }),
  )
})
