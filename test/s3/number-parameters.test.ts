import { describe, expect, test } from 'vitest'
import { S3Error } from '../../src/s3/error.ts'
import { checkNumbers } from '../../src/s3/number-parameters.ts'

const PART = 'Part number must be an integer between 1 and 10000, inclusive'

describe('parameters that are numbers', () => {
  test.each([
    ['max-keys', ''],
    ['max-keys', '0'],
    ['max-keys', '1000'],
    ['max-keys', '0010'],
    ['max-keys', '2147483647'],
    ['part-number-marker', '10000'],
    ['partNumber', '1'],
    ['partNumber', '10000'],
    ['prefix', 'none'],
  ])('%s=%s', (name, value) => {
    expect(() => checkNumbers([[name, value]])).not.toThrow()
  })

  test.each([
    ['max-keys', 'x', 'Provided max-keys not an integer or within integer range'],
    ['max-keys', '1.5', 'Provided max-keys not an integer or within integer range'],
    ['max-keys', ' 1', 'Provided max-keys not an integer or within integer range'],
    ['max-keys', '9'.repeat(16), 'Provided max-keys not an integer or within integer range'],
    ['max-keys', '-1', 'Argument maxKeys must be an integer between 0 and 2147483647'],
    ['max-keys', '2147483648', 'Argument maxKeys must be an integer between 0 and 2147483647'],
    ['max-uploads', '-1', 'Argument max-uploads must be an integer between 0 and 2147483647'],
    ['partNumber', '0', PART],
    ['partNumber', '10001', PART],
    ['partNumber', '-1', PART],
    ['partNumber', '', PART],
    ['partNumber', 'x', PART],
  ])('%s=%s is refused', (name, value, message) => {
    const error = refusal(name, value)
    expect([error.code, error.message]).toEqual(['InvalidArgument', message])
    expect(error.elements).toEqual([
      ['ArgumentName', name],
      ['ArgumentValue', value],
    ])
  })
})

function refusal(name: string, value: string): S3Error {
  try {
    checkNumbers([[name, value]])
  } catch (error) {
    if (error instanceof S3Error) return error
    throw error
  }
  throw new Error('not refused')
}
