/**
 * CopyObject and UploadPartCopy: the copy shares its source's blobs, and only its digests are computed anew.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html ·
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
 */
import { type CopySource, parseCopySource } from '../../s3/copy-source.ts'
import { invalidArgument, S3Error } from '../../s3/error.ts'
import type { HeaderList, Headers } from '../../s3/headers.ts'
import { xmlDocument } from '../../s3/xml-writer.ts'
import type { ChecksumAlgorithm } from '../../sigv4/checksum.ts'
import { readableVersion } from '../readable-version.ts'
import type { NewContent, ObjectDescription, StoredObject } from '../records.ts'
import { xmlReply } from '../reply.ts'
import { MAX_UPLOAD } from '../wire/body.ts'
import { askedAlgorithm, checksumAlgorithm } from '../wire/checksums.ts'
import { requireCopySource, writeGuard } from '../wire/conditions.ts'
import { describedHeaders } from '../wire/description.ts'
import { digest } from '../wire/digest.ts'
import { partNumber } from '../wire/parameters.ts'
import { type ByteRange, parseCopyRange } from '../wire/range.ts'
import { parseTaggingHeader } from '../wire/tags.ts'
import { checksumValue, etagElement, timeElement } from '../wire/xml-parts.ts'
import { type Handler, type ObjectRequest, onObject, query } from './handler.ts'
import { madeVersionHeaders } from './made-version.ts'

const REDIRECT = 'x-amz-website-redirect-location'

interface Source {
  readonly name: CopySource
  readonly object: StoredObject
  /** Says which version was copied, where there are versions. */
  readonly headers: HeaderList
}

export const copyObject: Handler = onObject(async (request) => {
  const { bucket, key, store, headers } = request
  const guard = writeGuard(headers, key)
  store.bucket(bucket)
  const source = findSource(request)
  refuseNoChange(request, source.name)
  const description = describeCopy(headers, source.object)
  guard(store.versions.latest(bucket, key))
  const kept = source.object.content.checksum
  const algorithm = askedAlgorithm(headers) ?? (kept === null ? null : checksumAlgorithm(kept.algorithm))
  const whole = { start: 0, end: source.object.content.size }
  return withCopy(request, source.object, whole, algorithm, async (content) => {
    const made = await store.putObject({ bucket, key, guard }, description, content)
    return xmlReply(xmlDocument('CopyObjectResult', copyResult(content, made.createdAt)), [
      ...source.headers,
      ...madeVersionHeaders(made),
    ])
  })
})

export const uploadPartCopy: Handler = onObject(async (request) => {
  const { bucket, key, store, headers } = request
  const number = partNumber(query(request, 'partNumber') ?? '')
  const upload = store.upload(bucket, key, query(request, 'uploadId') ?? '')
  const source = findSource(request)
  const { size } = source.object.content
  const rangeHeader = headers.get('x-amz-copy-source-range')
  const range = rangeHeader === undefined ? { start: 0, end: size } : parseCopyRange(rangeHeader, size)
  const algorithm = upload.checksum === null ? null : checksumAlgorithm(upload.checksum.algorithm)
  return withCopy(request, source.object, range, algorithm, async (content) => {
    const createdAt = await store.putPart(upload, number, content)
    return xmlReply(xmlDocument('CopyPartResult', copyResult(content, createdAt)), source.headers)
  })
})

/** Holds the source's bytes while `use` puts a content made of them in place. */
async function withCopy<Result>(
  { store, checksums }: ObjectRequest,
  source: StoredObject,
  range: ByteRange,
  algorithm: ChecksumAlgorithm | null,
  use: (content: NewContent) => Promise<Result>,
): Promise<Result> {
  const size = range.end - range.start
  if (size > MAX_UPLOAD) {
    throw new S3Error('InvalidRequest', {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_UPLOAD}`,
    })
  }
  const held = store.open(source.content.id, range.start, range.end)
  try {
    const { md5, checksum } = await digest(held.segments, algorithm, store.blobs, checksums)
    return await use({
      size,
      etag: md5,
      checksum:
        algorithm === null || checksum === null ? null : { algorithm, type: 'FULL_OBJECT', value: checksum },
      segments: held.segments,
    })
  } finally {
    await held.release()
  }
}

function findSource({ store, headers }: ObjectRequest): Source {
  const name = parseCopySource(headers.get('x-amz-copy-source') ?? '')
  const bucket = store.bucket(name.bucket)
  const object = readSource(() => readableVersion(store, bucket, name.key, name.versionId))
  requireCopySource(headers, object)
  return {
    name,
    object,
    headers: bucket.versioning === 'off' ? [] : [['x-amz-copy-source-version-id', object.versionId]],
  }
}

function readSource(find: () => StoredObject): StoredObject {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof S3Error) || error.code !== 'MethodNotAllowed') throw error
    throw new S3Error('InvalidRequest', {
      message: 'The source of a copy request may not specifically refer to a delete marker by version id.',
    })
  }
}

/** A copy of the current object onto itself must change something. */
function refuseNoChange({ bucket, key, headers }: ObjectRequest, source: CopySource): void {
  const itself = source.bucket === bucket && source.key === key && source.versionId === null
  const changes =
    directive(headers, 'x-amz-metadata-directive') === 'REPLACE' ||
    headers.has(REDIRECT) ||
    headers.has('x-amz-storage-class')
  if (!itself || changes) return
  throw new S3Error('InvalidRequest', {
    message:
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  })
}

/** Metadata and tags of the copy: the source's, or the request's. Where a website redirects to is never copied. */
function describeCopy(headers: Headers, source: StoredObject): ObjectDescription {
  const redirect = headers.get(REDIRECT)
  const kept = source.headers.filter(([name]) => name !== REDIRECT)
  const copied: HeaderList = redirect === undefined ? kept : [...kept, [REDIRECT, redirect]]
  return {
    headers:
      directive(headers, 'x-amz-metadata-directive') === 'REPLACE' ? describedHeaders(headers) : copied,
    tags:
      directive(headers, 'x-amz-tagging-directive') === 'REPLACE'
        ? parseTaggingHeader(headers.get('x-amz-tagging') ?? '')
        : source.tags,
  }
}

function directive(headers: Headers, name: string): 'COPY' | 'REPLACE' {
  const value = headers.get(name) ?? 'COPY'
  if (value === 'COPY' || value === 'REPLACE') return value
  throw invalidArgument(
    name,
    value,
    `Unknown ${name === 'x-amz-metadata-directive' ? 'metadata' : 'tagging'} directive.`,
  )
}

function copyResult(content: NewContent, createdAt: number): string {
  return timeElement('LastModified', createdAt) + etagElement(content.etag) + checksumValue(content.checksum)
}
