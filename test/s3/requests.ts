/** Requests as the pure layer sees them, in few words. */

import { S3Error } from '../../src/s3/error.ts'
import type { Headers } from '../../src/s3/headers.ts'
import { type MatchedOperation, matchOperation } from '../../src/s3/operation.ts'
import type { Target } from '../../src/s3/target.ts'
import { parseQuery } from '../../src/s3/uri.ts'

export const TARGETS: Readonly<Record<Target['kind'], Target>> = {
  service: { kind: 'service' },
  bucket: { kind: 'bucket', bucket: 'bucket' },
  object: { kind: 'object', bucket: 'bucket', key: 'key' },
}

export function headersOf(headers: Readonly<Record<string, string>> = {}): Headers {
  return new Map(Object.entries(headers))
}

/** `match('PUT', 'object', 'partNumber=1', { … })`. */
export function match(
  method: string,
  level: Target['kind'],
  query = '',
  headers: Readonly<Record<string, string>> = {},
): MatchedOperation {
  return matchOperation(method, TARGETS[level], parseQuery(query), headersOf(headers))
}

/** What `run` throws, which must be an S3Error. */
export function refusal(run: () => unknown): S3Error {
  try {
    run()
  } catch (error) {
    if (error instanceof S3Error) return error
    throw error
  }
  throw new Error('nothing was refused')
}
