import { describe, expect, test } from 'vitest'
import {
  isStreaming,
  parsePayloadMode,
  refuseStreaming,
  requirePayloadMode,
} from '../../src/sigv4/payload.ts'
import { refusalOf } from './refusals.ts'

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const MODES: [string, object, boolean][] = [
  [HEX, { kind: 'sha256', hex: HEX }, false],
  [HEX.toUpperCase(), { kind: 'sha256', hex: HEX }, false],
  ['UNSIGNED-PAYLOAD', { kind: 'unsigned' }, false],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { kind: 'signed-chunks' }, true],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { kind: 'signed-chunks-trailer' }, true],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { kind: 'unsigned-trailer' }, true],
]

test.each(MODES)('%s', (value, mode, streaming) => {
  expect(parsePayloadMode(value)).toEqual(mode)
  expect(isStreaming(parsePayloadMode(value))).toBe(streaming)
})

describe('only uploads stream', () => {
  test.each(MODES)('%s', (value, _, streaming) => {
    const act = () => refuseStreaming(parsePayloadMode(value))
    if (!streaming) expect(act).not.toThrow()
    else {
      expect(refusalOf(act)).toEqual({
        code: 'InvalidRequest',
        status: 400,
        message: 'The value of x-amz-content-sha256 header is invalid.',
        elements: {},
      })
    }
  })
})

test.each(['STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD', 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER'])(
  '%s is not implemented',
  (value) => {
    expect(refusalOf(() => parsePayloadMode(value))).toMatchObject({ code: 'NotImplemented', status: 501 })
  },
)

test.each([
  '',
  'unsigned-payload',
  'UNSIGNED-PAYLOAD ',
  'STREAMING-UNSIGNED-PAYLOAD',
  HEX.slice(1),
  `${HEX}0`,
  `${HEX.slice(1)}g`,
  `${HEX.slice(1)}\u0010`,
])('%j is none', (value) => {
  expect(refusalOf(() => parsePayloadMode(value))).toEqual({
    code: 'InvalidArgument',
    status: 400,
    message:
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    elements: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: value },
  })
})

test('a signature in a header needs it', () => {
  expect(requirePayloadMode('UNSIGNED-PAYLOAD')).toEqual({ kind: 'unsigned' })
  expect(refusalOf(() => requirePayloadMode(undefined))).toMatchObject({
    code: 'InvalidRequest',
    status: 400,
    message: 'Missing required header for this request: x-amz-content-sha256',
  })
})
