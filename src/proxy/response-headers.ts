/**
 * The headers of a backend's answer that a client gets to see: an allow list, spelled as S3 spells them. Request ids,
 * dates and server names are the gate's own; KMS key ids and whatever tells of the store behind it stay here.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_ResponseSyntax
 */
import type { BackendHeaders } from './backend/index.ts'

const LENGTH = 'content-length'

const SPELLING: Readonly<Record<string, string>> = {
  'accept-ranges': 'Accept-Ranges',
  'cache-control': 'Cache-Control',
  'content-disposition': 'Content-Disposition',
  'content-encoding': 'Content-Encoding',
  'content-language': 'Content-Language',
  'content-range': 'Content-Range',
  'content-type': 'Content-Type',
  etag: 'ETag',
  expires: 'Expires',
  'last-modified': 'Last-Modified',
}

const AMZ: ReadonlySet<string> = new Set([
  'x-amz-abort-date',
  'x-amz-abort-rule-id',
  'x-amz-copy-source-version-id',
  'x-amz-delete-marker',
  'x-amz-expiration',
  'x-amz-missing-meta',
  'x-amz-mp-parts-count',
  'x-amz-object-lock-legal-hold',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-size',
  'x-amz-restore',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-server-side-encryption-customer-key-md5',
  'x-amz-storage-class',
  'x-amz-tagging-count',
  'x-amz-transition-default-minimum-object-size',
  'x-amz-version-id',
  'x-amz-website-redirect-location',
])

/**
 * Alternating names and values, latin1, as Node's `writeHead` takes them.
 *
 * @param length `kept`: the body is the backend's own; `dropped`: there is none, or another
 */
export function clientHeaders(headers: BackendHeaders, length: 'kept' | 'dropped'): string[] {
  const list: string[] = []
  for (const name in headers) {
    const spelled = name === LENGTH ? undefined : spelling(name)
    if (spelled === undefined) continue
    const value = headers[name]
    if (value !== undefined) list.push(spelled, typeof value === 'string' ? value : value.join(', '))
  }
  // Last: Node writes the bytes of a Content-Disposition otherwise where it knows the length already.
  const bytes = headers[LENGTH]
  if (length === 'kept' && typeof bytes === 'string') list.push('Content-Length', bytes)
  return list
}

function spelling(name: string): string | undefined {
  if (!name.startsWith('x-amz-')) return Object.hasOwn(SPELLING, name) ? SPELLING[name] : undefined
  return AMZ.has(name) || name.startsWith('x-amz-meta-') || name.startsWith('x-amz-checksum-')
    ? name
    : undefined
}
