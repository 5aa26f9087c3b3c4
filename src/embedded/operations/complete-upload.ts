/**
 * CompleteMultipartUpload: parts become an object without a byte being moved.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
import { createHash } from 'node:crypto'
import { S3Error } from '../../s3/error.ts'
import type { Headers } from '../../s3/headers.ts'
import { targetPath } from '../../s3/target.ts'
import { textElement, xmlDocument } from '../../s3/xml-writer.ts'
import { checksumHeaderName } from '../../sigv4/checksum-headers.ts'
import type { AssembledPart } from '../index/contents.ts'
import type { ContentFacts, StoredChecksum, StoredPart, StoredUpload } from '../records.ts'
import { xmlReply } from '../reply.ts'
import { MAX_PARTS } from '../store.ts'
import { readBody } from '../wire/body.ts'
import { checksumAlgorithm, compositeChecksum } from '../wire/checksums.ts'
import { type CompletedPart, parseComplete } from '../wire/complete-document.ts'
import { writeGuard } from '../wire/conditions.ts'
import { digest } from '../wire/digest.ts'
import { checksumValue, etagElement } from '../wire/xml-parts.ts'
import { type Handler, type ObjectRequest, onObject, query } from './handler.ts'
import { madeVersionHeaders } from './made-version.ts'

/** 10,000 parts with entity tag and the longest checksum. */
const MAX_COMPLETE = 4 * 1024 * 1024
const MIN_PART = 5 * 1024 * 1024

export const completeMultipartUpload: Handler = onObject(async (request) => {
  const { bucket, key, store, headers } = request
  const guard = writeGuard(headers, key)
  const named = parseComplete(
    await readBody(request.body, bodyHeaders(headers), request.checksums, MAX_COMPLETE),
  )
  const upload = store.upload(bucket, key, query(request, 'uploadId') ?? '')
  guard(store.versions.latest(bucket, key))
  const parts = chooseParts(upload, named, store.uploads.parts(upload, 0, MAX_PARTS))
  requireSize(headers, parts)
  const facts = await assembledFacts(request, upload, parts)
  requireChecksum(headers, upload, facts.checksum)
  const made = await store.completeUpload(upload, parts, facts, guard)
  const location = `http://${headers.get('host') ?? ''}${targetPath(request.target)}`
  return xmlReply(
    xmlDocument(
      'CompleteMultipartUploadResult',
      textElement('Location', location) +
        textElement('Bucket', bucket) +
        textElement('Key', key) +
        etagElement(facts.etag) +
        checksumValue(facts.checksum),
    ),
    madeVersionHeaders(made),
  )
})

/** Checksums in this operation's headers are of the object, not of the body. */
function bodyHeaders(headers: Headers): Headers {
  return new Map([...headers].filter(([name]) => !name.startsWith('x-amz-checksum-')))
}

/** The stored parts that the request names, each of which must be what the request thinks it is. */
function chooseParts(
  upload: StoredUpload,
  named: readonly CompletedPart[],
  stored: readonly StoredPart[],
): readonly AssembledPart[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]))
  return named.map((part, index) => {
    const found = byNumber.get(part.number)
    if (found === undefined || found.content.etag !== part.etag || !sameChecksum(upload, part, found)) {
      throw new S3Error('InvalidPart', {
        elements: [
          ['UploadId', upload.uploadId],
          ['PartNumber', String(part.number)],
          ['ETag', part.etag],
        ],
      })
    }
    if (found.content.size < MIN_PART && index < named.length - 1) {
      throw new S3Error('EntityTooSmall', {
        elements: [
          ['ProposedSize', String(found.content.size)],
          ['MinSizeAllowed', String(MIN_PART)],
          ['PartNumber', String(part.number)],
          ['ETag', part.etag],
        ],
      })
    }
    return { number: part.number, content: found.content }
  })
}

function sameChecksum(upload: StoredUpload, part: CompletedPart, { content }: StoredPart): boolean {
  if (upload.checksum?.type === 'COMPOSITE' && !part.checksums.has(upload.checksum.algorithm)) {
    const algorithm = upload.checksum.algorithm.toLowerCase()
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using a ${algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    })
  }
  const given = content.checksum === null ? undefined : part.checksums.get(content.checksum.algorithm)
  return given === undefined || given === content.checksum?.value
}

async function assembledFacts(
  { store, checksums }: ObjectRequest,
  upload: StoredUpload,
  parts: readonly AssembledPart[],
): Promise<ContentFacts> {
  const md5 = createHash('md5')
  for (const { content } of parts) md5.update(Buffer.from(content.etag, 'hex'))
  const facts = { size: sizeOf(parts), etag: `${md5.digest('hex')}-${parts.length}` }
  if (upload.checksum === null) return { ...facts, checksum: null }
  const algorithm = checksumAlgorithm(upload.checksum.algorithm)
  if (upload.checksum.type === 'COMPOSITE') {
    const values = parts.map(({ content }) => content.checksum?.value ?? '')
    return { ...facts, checksum: compositeChecksum(algorithm, values, checksums) }
  }
  const held = parts.map(({ content }) => store.open(content.id, 0, content.size))
  try {
    const segments = held.flatMap((content) => content.segments)
    const { checksum } = await digest(segments, algorithm, store.blobs, checksums)
    return {
      ...facts,
      checksum: checksum === null ? null : { algorithm, type: 'FULL_OBJECT', value: checksum },
    }
  } finally {
    for (const content of held) await content.release()
  }
}

function sizeOf(parts: readonly AssembledPart[]): number {
  return parts.reduce((sum, { content }) => sum + content.size, 0)
}

function requireSize(headers: Headers, parts: readonly AssembledPart[]): void {
  const expected = headers.get('x-amz-mp-object-size')
  if (expected === undefined || expected === String(sizeOf(parts))) return
  throw new S3Error('InvalidRequest', {
    message: `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${sizeOf(parts)}`,
  })
}

/** What the request says of the object's checksum must hold of it. */
function requireChecksum(headers: Headers, upload: StoredUpload, computed: StoredChecksum | null): void {
  const type = headers.get('x-amz-checksum-type')
  if (type !== undefined && type !== (upload.checksum?.type ?? type)) {
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using the ${upload.checksum?.type} checksum mode. The complete request must use the same checksum mode.`,
    })
  }
  if (computed === null) return
  const given = headers.get(checksumHeaderName(checksumAlgorithm(computed.algorithm)))
  if (given === undefined || given === computed.value || given === computed.value.split('-')[0]) return
  throw new S3Error('BadDigest', {
    message: `The ${computed.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  })
}
