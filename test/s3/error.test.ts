import { describe, expect, test } from 'vitest'
import { isS3ErrorCode, S3_ERRORS } from '../../src/s3/error.ts'
import recorded from '../data/s3-errors.json' with { type: 'json' }

describe('codes have the status that AWS gives them', () => {
  test.each(recorded.errors)('$code $status', ({ code, status }) => {
    expect(isS3ErrorCode(code)).toBe(true)
    if (isS3ErrorCode(code)) expect(S3_ERRORS[code][0]).toBe(status)
  })
})

test.each(['', 'constructor', 'toString', 'noSuchKey'])('%j is no code', (text) => {
  expect(isS3ErrorCode(text)).toBe(false)
})
