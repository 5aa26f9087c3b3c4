/**
 * `x-amz-mp-object-size`: how long the object is to be that a multipart upload completes. Where the store overlooks it,
 * the sizes of the parts that make the object are added up before; their entity tags say that they are still the same.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
import type { CompletedPart } from '../s3/bodies/complete-multipart-upload.ts'
import { type ListedParts, parseListedParts } from '../s3/bodies/list-parts.ts'
import { S3Error } from '../s3/error.ts'
import { MP_OBJECT_SIZE } from '../s3/operations/header-lists.ts'
import { canonicalQuery } from '../s3/uri.ts'
import type { AuthorizedRequest } from './authorize.ts'
import { readBackendError } from './backend/backend-error.ts'
import { capabilitiesOf } from './backend/capabilities.ts'
import type { BackendAnswer, Backends } from './backend/index.ts'
import { backendRequest } from './backend-request.ts'

/** A page of AWS's, MinIO's and Ceph's. */
const PAGE = 1000
/** Ten of those are the longest upload; a store may make them shorter. */
const MAX_PAGES = 20
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
    const size = sizes?.get(partNumber)
    // The store will say what it does not have: the part, or the upload.
    if (size === undefined) return
    sum += size
  }
  if (expected === String(sum)) return
  throw new S3Error('InvalidRequest', {
    message: `The provided '${MP_OBJECT_SIZE}' header value ${expected} does not match what was computed: ${sum}`,
  })
}

/** Bytes of each part that was uploaded, by its number; null: there is no such upload, or it has been completed. */
async function sizesOf(
  request: AuthorizedRequest,
  backends: Backends,
): Promise<ReadonlyMap<number, number> | null> {
  const uploadId = request.asked.wire.params.filter(([name]) => name === 'uploadId')
  const sizes = new Map<number, number>()
  let marker = 0
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await backends.request(
      {
        ...backendRequest(request, {
          headers: [],
          query: canonicalQuery([
            ['max-parts', String(PAGE)],
            ['part-number-marker', String(marker)],
            ...uploadId,
          ]),
          body: { kind: 'none' },
        }),
        method: 'GET',
      },
      { maxBytes: MAX_PAGE_BYTES },
    )
    if (answer.status === 404) return null
    if (answer.status >= 400) throw readBackendError(answer)
    const { parts, next } = listedIn(answer)
    for (const [number, size] of parts) sizes.set(number, size)
    if (next === null) return sizes
    if (!(next > marker)) break
    marker = next
  }
  throw unreadable('the backend lists the parts of an upload without an end')
}

function listedIn({ body }: BackendAnswer): ListedParts {
  try {
    return parseListedParts(body)
  } catch (cause) {
    throw unreadable('the list of the parts of an upload cannot be read', cause)
  }
}

function unreadable(reason: string, cause?: unknown): S3Error {
  return new S3Error('BadGateway', { source: 'backend', reason, cause })
}
