/**
 * `x-amz-mp-object-size`: how long the object is to be that a multipart upload completes. Where the store overlooks it,
 * the sizes of the parts that make the object are added up before; their entity tags say that they are still the same.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
import type { CompletedPart } from '../s3/bodies/complete-multipart-upload.ts'
import { childrenNamed, optionalText, parseRoot, requiredText } from '../s3/bodies/fields.ts'
import { S3Error } from '../s3/error.ts'
import { MP_OBJECT_SIZE } from '../s3/operations/header-lists.ts'
import { canonicalQuery } from '../s3/uri.ts'
import type { AuthorizedRequest } from './authorize.ts'
import { readBackendError } from './backend/backend-error.ts'
import { capabilitiesOf } from './backend/capabilities.ts'
import type { Backends } from './backend/index.ts'
import { backendRequest } from './backend-request.ts'

/** A page of AWS's, MinIO's and Ceph's; ten of them are the longest upload. */
const PAGE = 1000
const MAX_PAGES = 10
const MAX_PAGE_BYTES = 2 * 1024 * 1024

/**
 * @param parts that make the object
 * @throws S3Error `InvalidRequest` where they are longer or shorter than the client says; what the backend says
 */
export async function requireSize(
  request: AuthorizedRequest,
  parts: readonly CompletedPart[],
  deps: { readonly backends: Backends },
): Promise<void> {
  const { asked, backend } = request
  const expected = asked.headers.get(MP_OBJECT_SIZE)
  if (expected === undefined || capabilitiesOf(backend.record.kind).objectSizes === 'checked') return
  const sizes = await sizesOf(request, deps.backends)
  let sum = 0
  for (const { partNumber } of parts) {
    const size = sizes.get(partNumber)
    // The store will say which part it does not have.
    if (size === undefined) return
    sum += size
  }
  if (expected === String(sum)) return
  throw new S3Error('InvalidRequest', {
    message: `The provided '${MP_OBJECT_SIZE}' header value ${expected} does not match what was computed: ${sum}`,
  })
}

/** Bytes of each part that was uploaded, by its number. */
async function sizesOf(request: AuthorizedRequest, backends: Backends): Promise<ReadonlyMap<number, number>> {
  const uploadId = request.asked.wire.params.filter(([name]) => name === 'uploadId')
  const sizes = new Map<number, number>()
  let marker = ''
  for (let page = 0; page < MAX_PAGES; page++) {
    const after: readonly [string, string][] = marker === '' ? [] : [['part-number-marker', marker]]
    const answer = await backends.request(
      {
        ...backendRequest(request, {
          headers: [],
          query: canonicalQuery([['max-parts', String(PAGE)], ...after, ...uploadId]),
          body: { kind: 'none' },
        }),
        method: 'GET',
      },
      { maxBytes: MAX_PAGE_BYTES },
    )
    if (answer.status >= 400) throw readBackendError(answer)
    const list = parseRoot(answer.body, 'ListPartsResult')
    for (const part of childrenNamed(list, 'Part')) {
      sizes.set(Number(requiredText(part, 'PartNumber')), Number(requiredText(part, 'Size')))
    }
    marker = optionalText(list, 'NextPartNumberMarker') ?? ''
    if (optionalText(list, 'IsTruncated') !== 'true' || marker === '') break
  }
  return sizes
}
