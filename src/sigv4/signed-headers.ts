/**
 * Which headers a signature covers, and which it must: `host` and every `x-amz-*` header, so that nothing that changes
 * what a request does can be added to it on the way.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { S3Error } from '../s3/error.ts'
import type { Headers } from '../s3/headers.ts'

/**
 * Splits `host;x-amz-date`. Undefined where a name is empty, repeated, or holds anything but `a-z0-9-._` and the
 * like: only lower-case tokens are names of headers here.
 */
export function parseSignedHeaders(text: string): readonly string[] | undefined {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code > 0x7e || (code >= 0x41 && code <= 0x5a) || code === 0x3a || code === 0x2c) {
      return undefined
    }
  }
  const names = text.split(';')
  return names.includes('') || new Set(names).size !== names.length ? undefined : names
}

/**
 * Checks that `host` and every `x-amz-*` header are signed. `x-amz-content-sha256` need not be: its value is part of
 * every canonical request. Headers moved here from a query string are covered there: call this before moving them.
 *
 * @throws S3Error `AccessDenied` that names those which are not
 */
export function requireSigned(headers: Headers, signedHeaders: readonly string[]): void {
  let missing: string[] | undefined
  if (!signedHeaders.includes('host')) missing = ['host']
  for (const name of headers.keys()) {
    if (!name.startsWith('x-amz-') || name === 'x-amz-content-sha256') continue
    if (signedHeaders.includes(name)) continue
    missing = missing === undefined ? [name] : [...missing, name]
  }
  if (missing === undefined) return
  throw new S3Error('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    elements: [['HeadersNotSigned', missing.join(', ')]],
  })
}
