/**
 * Forwarding: headers from the allow list, the canonical query, and a body that is either verified as it streams or
 * read, understood and written anew. Nothing is passed on merely because it came.
 */
import { createHash } from 'node:crypto'
import type { RequestFacts } from '../iam/evaluate.ts'
import type { Bucket } from '../iam/model.ts'
import type { IamReader } from '../iam/reader.ts'
import { isPrivateAcl } from '../s3/bodies/access-control.ts'
import { readBucketPolicy } from '../s3/bodies/bucket-policy.ts'
import {
  type CompletedPart,
  formatCompleteMultipartUpload,
  parseCompleteMultipartUpload,
} from '../s3/bodies/complete-multipart-upload.ts'
import { isConfigurationOperation, readConfiguration } from '../s3/bodies/configuration.ts'
import { maxBodyBytes } from '../s3/bodies/limits.ts'
import { formatTagging, parseTagging } from '../s3/bodies/tagging.ts'
import { formatCopySource } from '../s3/copy-source.ts'
import { permissionDenied, S3Error } from '../s3/error.ts'
import type { HeaderList, Headers } from '../s3/headers.ts'
import { isOpened } from '../s3/opened.ts'
import { forwardableHeaders } from '../s3/operation-headers.ts'
import { IF_RANGE } from '../s3/operations/header-lists.ts'
import { canonicalQuery } from '../s3/uri.ts'
import type { BodyExpectation } from '../sigv4/body-expectation.ts'
import { createBodyVerifier } from '../sigv4/body-verifier.ts'
import type { ChecksumAlgorithm, Checksums } from '../sigv4/checksum.ts'
import { type AuthorizedRequest, decide, refuseUnlessAllowed } from './authorize.ts'
import { MAX_ERROR_BYTES } from './backend/backend-error.ts'
import { adaptHeaders, type Capabilities, capabilitiesOf } from './backend/capabilities.ts'
import { type Backends, createUpload, type RequestBody } from './backend/index.ts'
import { backendRequest } from './backend-request.ts'
import { expectationOf, readBody, refuseBody } from './body.ts'
import { sendFormResult } from './form-result.ts'
import type { FormRoom } from './form-room.ts'
import type { ReadBuffers } from './read-buffers.ts'
import { type RelayedBody, relay } from './relay.ts'
import { sendContinue } from './reply.ts'
import { type RewriteDeps, rewriteOf } from './rewrite.ts'
import { requireSize } from './upload-size.ts'

export interface ForwardDeps extends RewriteDeps {
  readonly reader: IamReader
  readonly backends: Backends
  readonly checksums: Checksums
  readonly readBuffers: ReadBuffers
  readonly formRoom: FormRoom
}

interface Content {
  readonly body: RequestBody
  /** Headers that describe the body, beside those of the request. */
  readonly headers: HeaderList
}

/** Operations whose answer may come after white space that keeps the connection alive, and may be an error then. */
const LATE: ReadonlySet<string> = new Set(['CompleteMultipartUpload', 'CopyObject', 'UploadPartCopy'])

/** @throws S3Error what is wrong with the body, or what the backend says */
export async function forward(request: AuthorizedRequest, deps: ForwardDeps): Promise<void> {
  const { form } = request.asked.client
  if (form === null) return send(request, await contentOf(request, deps), deps)
  const { usual, longest } = form.length
  const isHeld = deps.formRoom.take(longest)
  try {
    await send(request, streamed(request, deps, isHeld ? null : usual), deps)
  } finally {
    if (isHeld) deps.formRoom.giveBack(longest)
  }
}

async function send(request: AuthorizedRequest, content: Content, deps: ForwardDeps): Promise<void> {
  const { asked, backend } = request
  const { wire: operation } = asked
  const headers = adaptHeaders(backend.record.kind, operation.name, [
    ...requestHeaders(request),
    ...content.headers,
  ])
  const rewrite = rewriteOf(request, deps) ?? (LATE.has(operation.name) ? unchanged : undefined)
  const outgoing = backendRequest(request, {
    headers,
    query: canonicalQuery(operation.params),
    body: content.body,
  })
  if (asked.client.form !== null) {
    await sendFormResult(
      request,
      asked.client.form,
      await deps.backends.request(outgoing, { maxBytes: MAX_ERROR_BYTES }),
      deps,
    )
    return
  }
  const body: RelayedBody = rewrite === undefined ? { kind: 'through' } : { kind: 'document', rewrite }
  const options = { backends: deps.backends, received: asked.received, body }
  const [first, otherwise] = heedingIfRange(asked.headers, headers)
  try {
    await relay({ ...options, request: { ...outgoing, headers: first } })
  } catch (error) {
    const changed = error instanceof S3Error && error.code === 'PreconditionFailed'
    if (!changed || otherwise === undefined) throw error
    await relay({ ...options, request: { ...outgoing, headers: otherwise } })
  }
}

/**
 * `If-Range`: the part if the object still is the one that the client has another part of, else the whole. Object stores
 * overlook it and would answer with a part of another object: the same is asked of them in words that they heed. That
 * there are for entity tags alone: a store says whether an object is older than a date, not whether it is of that date.
 * Whatever else it is, the client gets the whole, as it always may.
 *
 * RFC 9110, section 13.1.5
 * @returns the headers to send, and those to send where a precondition failed
 */
function heedingIfRange(given: Headers, sent: HeaderList): readonly [HeaderList, HeaderList?] {
  const validator = given.get(IF_RANGE)
  if (validator === undefined || !given.has('range')) return [sent]
  const whole = sent.filter(([name]) => name !== 'range')
  // A condition of the client's own that fails is not to be taken for this one.
  const isOwn = given.has('if-match') || given.has('if-unmodified-since')
  if (isOwn || !/^"[^"]*"$/.test(validator)) return [whole]
  return [[...sent, ['if-match', validator]], whole]
}

const unchanged = (document: string): string => document

/** AWS takes 8 KB in all, MinIO no more either; Ceph breaks off the connection somewhere above. */
const MAX_HEADER_BYTES = 8 * 1024

/**
 * INVARIANT: what is copied is what was authorized: the source is written anew from it.
 * @throws S3Error `MetadataTooLarge`
 */
function requestHeaders({ asked, source }: AuthorizedRequest): HeaderList {
  const headers = forwardableHeaders(asked.wire, asked.headers)
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (size > MAX_HEADER_BYTES) {
    throw new S3Error('MetadataTooLarge', {
      elements: [
        ['Size', String(size)],
        ['MaxSizeAllowed', String(MAX_HEADER_BYTES)],
      ],
    })
  }
  return source === null ? headers : [...headers, ['x-amz-copy-source', formatCopySource(source)]]
}

async function contentOf(request: AuthorizedRequest, deps: ForwardDeps): Promise<Content> {
  const { asked } = request
  switch (asked.operation.row.body) {
    case 'none':
      refuseBody(asked)
      return { body: { kind: 'none' }, headers: [] }
    case 'stream':
    case 'form':
      return streamed(request, deps, null)
    case 'xml':
    case 'json':
      return documented(request, deps)
  }
}

/**
 * Object data: `100 Continue` goes out only now, when all is decided.
 *
 * @param ofForm how long the file of a form must be; null: it is no form, or its file is held until that is known
 */
function streamed(request: AuthorizedRequest, deps: ForwardDeps, ofForm: number | null): Content {
  const { asked, bucket } = request
  const { form } = asked.client
  const expectation = expectationOf(asked)
  const upload = createUpload({
    source: asked.received.incoming,
    length: ofForm ?? expectation.decodedLength,
    lengthIs: ofForm === null ? expectation.lengthIs : 'exactly',
    decoder: (emit) => {
      const verifier = createBodyVerifier(expectation, emit, deps.checksums)
      return form === null ? verifier : form.decoder(verifier, ofForm)
    },
    trailer: trailingChecksum(request, expectation, 'sent-on'),
    beforeLastPiece: () => refuseUnlessStillOwned(bucket as Bucket, deps.reader),
    readBuffers: deps.readBuffers,
  })
  sendContinue(asked.received)
  return { body: { kind: 'stream', upload }, headers: trailerHeaders(request, expectation) }
}

/** Where the backend computes checksums by itself, it is told of one that comes behind the body. */
function trailerHeaders(request: AuthorizedRequest, expectation: BodyExpectation): HeaderList {
  const algorithm = trailingChecksum(request, expectation, 'computed')
  return algorithm === null ? [] : [['x-amz-checksum-algorithm', algorithm]]
}

/** The checksum that comes behind the body, where the backend keeps it and deals with such ones in this way. */
function trailingChecksum(
  { backend }: AuthorizedRequest,
  { checksum }: BodyExpectation,
  way: Capabilities['trailers'],
): ChecksumAlgorithm | null {
  const { checksums, trailers } = capabilitiesOf(backend.record.kind)
  return checksum.kind === 'trailer' && trailers === way && checksums.has(checksum.algorithm)
    ? checksum.algorithm
    : null
}

/**
 * The name may have changed hands while the body was under way. What was authorized was a write into this project's
 * bucket, not into whatever has the name by now.
 *
 * @throws S3Error `OperationAborted`
 */
function refuseUnlessStillOwned(bucket: Bucket, reader: IamReader): void {
  reader.refresh()
  const now = reader.findBucket(bucket.name)
  if (now?.generation === bucket.generation && now.project_id === bucket.project_id) return
  throw new S3Error('OperationAborted', { reason: 'the bucket changed hands during the upload' })
}

async function documented(request: AuthorizedRequest, deps: ForwardDeps): Promise<Content> {
  const { asked, backend } = request
  const { name } = asked.operation
  const given = await readBody(asked, maxBodyBytes(name), deps)
  const opened = backend.record.opened_operations
  if (name === 'PutBucketAcl' || name === 'PutObjectAcl') return accessControl(request, given)
  if (name === 'PutBucketPolicy') {
    return document(readBucketPolicy(given, (request.bucket as Bucket).name), 'application/json')
  }
  if (name === 'CompleteMultipartUpload') {
    const parts = parseCompleteMultipartUpload(given)
    await requireSize(request, parts, deps)
    return document(completion(request, parts), 'application/xml')
  }
  if (name === 'PutObjectTagging') return tagging(given, 'object')
  if (name === 'PutBucketTagging') return tagging(given, 'bucket')
  if (!isConfigurationOperation(name)) {
    throw new S3Error('NotImplemented', { reason: `no schema for the body of ${name}` })
  }
  const { bytes, buckets } = readConfiguration(name, given, opened)
  for (const other of buckets) refuseTarget(other, request, deps.reader)
  return document(bytes, 'application/xml')
}

function document(bytes: Buffer, contentType: string): Content {
  const md5 = createHash('md5').update(bytes).digest('base64')
  return {
    body: { kind: 'bytes', bytes },
    headers: [
      ['content-type', contentType],
      ['content-md5', md5],
    ],
  }
}

/** A list that says "private" is forwarded as those words; any other only where ACLs were opened. */
function accessControl({ asked, backend, principal }: AuthorizedRequest, given: Buffer): Content {
  if (given.length === 0) return { body: { kind: 'none' }, headers: [] }
  if (isPrivateAcl(given, principal.project.id)) {
    return {
      body: { kind: 'none' },
      headers: asked.headers.has('x-amz-acl') ? [] : [['x-amz-acl', 'private']],
    }
  }
  const openable = asked.operation.name === 'PutBucketAcl' ? 'PutBucketAcl' : 'PutObjectAcl'
  if (!isOpened(backend.record.opened_operations, openable)) {
    throw new S3Error('NotImplemented', {
      message: 'Only private access control lists are available on this bucket.',
    })
  }
  return document(given, 'application/xml')
}

function tagging(given: Buffer, of: 'object' | 'bucket'): Content {
  return document(formatTagging(parseTagging(given, of)), 'application/xml')
}

function completion({ backend }: AuthorizedRequest, parts: readonly CompletedPart[]): Buffer {
  const { checksums } = capabilitiesOf(backend.record.kind)
  return formatCompleteMultipartUpload(
    parts.map((part) => ({
      ...part,
      checksums: part.checksums.filter(([element]) =>
        (checksums as ReadonlySet<string>).has(element.slice('Checksum'.length)),
      ),
    })),
  )
}

/**
 * A configuration may make the store write into other buckets, under keys of its choice: only into those of the same
 * project on the same store, where the caller may write any object.
 *
 * @throws S3Error `AccessDenied`
 */
function refuseTarget(name: string, request: AuthorizedRequest, reader: IamReader): void {
  const row = reader.findBucket(name)
  if (row?.state !== 'active' || row.backend_id !== request.backend.record.id) {
    throw permissionDenied(`the body names bucket ${name}, which nobody has on this backend`)
  }
  const facts: RequestFacts = { ...request.facts, operation: 'PutObject' }
  refuseUnlessAllowed(decide(request, 'PutObject', null, facts, row), 'PutObject', request.asked)
}
