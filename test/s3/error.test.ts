import { describe, expect, test } from 'vitest'
import { isS3ErrorCode, S3_ERRORS, S3Error } from '../../src/s3/error.ts'
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

test('a failure of ours can be traced to where it was made; a refusal, which is an answer, cannot', () => {
  expect(new S3Error('InternalError').stack).toContain('error.test.ts')
  expect(new S3Error('AccessDenied').stack).not.toContain('error.test.ts')
  // What follows is traced as ever.
  expect(new Error('other').stack).toContain('error.test.ts')
})
