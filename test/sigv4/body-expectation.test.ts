import { describe, expect, test } from 'vitest'
import { bodyExpectation } from '../../src/sigv4/body-expectation.ts'
import { parsePayloadMode } from '../../src/sigv4/payload.ts'
import { SEED } from './bodies.ts'
import { refusalOf } from './refusals.ts'

const NONE = new Set<string>()

describe('what is expected', () => {
  const declare = (headers: Record<string, string>, mode: string) =>
    bodyExpectation({
      headers: new Map(Object.entries(headers)),
      hoisted: NONE,
      mode: parsePayloadMode(mode),
      seed: SEED,
      checksumOf: 'body',
    })

  test.each([
    ['no length', {}, 'UNSIGNED-PAYLOAD'],
    ['no decoded length', { 'content-length': '5' }, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
  ])('%s', (_, headers, mode) => {
    expect(refusalOf(() => declare(headers, mode))).toEqual({
      code: 'MissingContentLength',
      status: 411,
      message: 'You must provide the Content-Length HTTP header.',
      elements: {},
    })
  })

  test.each(['', '-1', '1.0', '0x10', '1e3', ' 1', '9'.repeat(20)])('a length of %j', (value) => {
    for (const [name, mode] of [
      ['content-length', 'UNSIGNED-PAYLOAD'],
      ['x-amz-decoded-content-length', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
    ] as const) {
      expect(refusalOf(() => declare({ [name]: value }, mode))).toMatchObject({
        code: 'InvalidArgument',
        elements: { ArgumentName: name, ArgumentValue: value },
      })
    }
  })

  test('a checksum of the object that results is not one of the body', () => {
    const headers = new Map([
      ['content-length', '5'],
      ['x-amz-checksum-crc32', 'AAAAAA==-2'],
    ])
    const of = (checksumOf: 'body' | 'object') =>
      bodyExpectation({ headers, hoisted: NONE, mode: { kind: 'unsigned' }, seed: null, checksumOf })
    expect(of('object').checksum).toEqual({ kind: 'none' })
    expect(refusalOf(() => of('body')).code).toBe('InvalidRequest')
  })

  test('signed chunks need a signature to hang on', () => {
    expect(
      refusalOf(() =>
        bodyExpectation({
          headers: new Map([['x-amz-decoded-content-length', '5']]),
          hoisted: NONE,
          mode: { kind: 'signed-chunks' },
          seed: null,
          checksumOf: 'body',
        }),
      ).code,
    ).toBe('InvalidRequest')
  })
})
