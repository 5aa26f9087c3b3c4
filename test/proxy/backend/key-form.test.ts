/** Keys that a store of files would take for others. */
import { describe, expect, test } from 'vitest'
import { refuseKeyOf, refuseListOf } from '../../../src/proxy/backend/key-form.ts'
import { S3Error } from '../../../src/s3/error.ts'

const refused = (work: () => void): boolean => {
  try {
    work()
    return false
  } catch (error) {
    return error instanceof S3Error && error.code === 'NotImplemented'
  }
}

describe('keys as paths', () => {
  test.each([
    ['a/b', false],
    ['folder/', false],
    ['a b/ü/😀', false],
    ['a__XLDIR__x', false],
    [`${'k'.repeat(255)}/${'ü'.repeat(127)}`, false],
    ['/a', true],
    ['//a', true],
    ['/', true],
    ['a//b', true],
    ['a//', true],
    ['a__XLDIR__', true],
    ['a__XLDIR__/b', true],
    ['__XLDIR__', true],
    ['k'.repeat(256), true],
    ['ü'.repeat(128), true],
  ] as const)('%s: refused is %s', (key, expected) => {
    expect(refused(() => refuseKeyOf('path', key))).toBe(expected)
    expect(refused(() => refuseKeyOf('any', key))).toBe(false)
  })

  test.each([
    ['', '', false],
    ['a/', '/', false],
    ['k'.repeat(300), '', false],
    ['/a', '', true],
    ['a//', '/', true],
    ['a/', '2', true],
    ['', '2/', true],
  ] as const)('a list with prefix %s and delimiter %s: refused is %s', (prefix, delimiter, expected) => {
    expect(refused(() => refuseListOf('path', prefix, delimiter))).toBe(expected)
    expect(refused(() => refuseListOf('any', prefix, delimiter))).toBe(false)
  })
})
