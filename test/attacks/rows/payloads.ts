/** Attacks with the body: what was begun must not be finished. These may reach the backend; no object may come of it. */
import { createHash } from 'node:crypto'
import {
  Connection,
  type RawRequest,
  type RawResponse,
  serialize,
  TornResponse,
} from '../../support/raw-http.ts'
import { type ChunkedRequest, chunked, envelope, type S3Request, signed } from '../../support/s3-request.ts'
import { type Arena, as, deliver } from '../arena.ts'

/** An upload of `ours/torn` that must fail. */
export interface TornUpload {
  readonly title: string
  readonly attempt: (arena: Arena) => Promise<RawResponse | 'torn'>
  readonly refusal: RegExp
}

const DATA = Buffer.alloc(200_000, 'payload ')
const PUT: S3Request = { method: 'PUT', target: '/ours/torn', body: DATA }

const replaceBody = (request: RawRequest, body: Buffer): RawRequest => ({
  ...request,
  headers: request.headers.map(([name, value]) =>
    name === 'Content-Length' ? [name, String(body.length)] : [name, value],
  ),
  body,
})

/** Content-Length signed by nobody, so that a body may be bent without breaking the seed signature. */
const signedChunks = (arena: Arena): ChunkedRequest =>
  chunked(arena.owner, PUT, { host: arena.gate.host, mode: 'signed', unsigned: ['content-length'] })

function tampered(
  title: string,
  bend: (upload: ChunkedRequest) => Buffer,
  refusal = /^(400|403)/,
  make = signedChunks,
): TornUpload {
  return {
    title,
    refusal,
    attempt: (arena) => {
      const upload = make(arena)
      return deliver(arena, replaceBody(upload.request, bend(upload)))
    },
  }
}

const withChunk = (
  { body }: ChunkedRequest,
  index: number,
  change: (chunk: ChunkedRequest['body']['chunks'][number]) => ChunkedRequest['body']['chunks'][number],
): Buffer =>
  envelope({ ...body, chunks: body.chunks.map((chunk, at) => (at === index ? change(chunk) : chunk)) })

const flip = (data: Buffer): Buffer => {
  const copy = Buffer.from(data)
  copy[0] = copy[0]! ^ 1
  return copy
}

const signedTrailer = (arena: Arena): ChunkedRequest =>
  chunked(arena.owner, PUT, {
    host: arena.gate.host,
    mode: 'signed-trailer',
    unsigned: ['content-length'],
    trailers: [['x-amz-checksum-sha256', createHash('sha256').update(DATA).digest('base64')]],
  })

const unsignedTrailer = (arena: Arena): ChunkedRequest =>
  chunked(arena.owner, PUT, {
    host: arena.gate.host,
    mode: 'unsigned-trailer',
    unsigned: ['content-length'],
    trailers: [['x-amz-checksum-sha256', createHash('sha256').update(DATA).digest('base64')]],
  })

export const tornUploads: readonly TornUpload[] = [
  tampered('a flipped bit in the first chunk', (upload) =>
    withChunk(upload, 0, (chunk) => ({ ...chunk, data: flip(chunk.data) })),
  ),
  tampered('a flipped bit in the last chunk', (upload) =>
    withChunk(upload, upload.body.chunks.length - 2, (chunk) => ({ ...chunk, data: flip(chunk.data) })),
  ),
  tampered('a signature of another chunk', (upload) =>
    withChunk(upload, 1, (chunk) => ({ ...chunk, signature: upload.body.chunks[0]?.signature })),
  ),
  tampered('chunks in another order', ({ body }) =>
    envelope({ ...body, chunks: [body.chunks[1]!, body.chunks[0]!, ...body.chunks.slice(2)] }),
  ),
  tampered('a chunk left out', ({ body }) => envelope({ ...body, chunks: body.chunks.slice(1) })),
  tampered('no last chunk', ({ body }) => envelope({ chunks: body.chunks.slice(0, -1), tail: '' })),
  tampered('a final chunk with a wrong signature', (upload) =>
    withChunk(upload, upload.body.chunks.length - 1, (chunk) => ({ ...chunk, signature: '0'.repeat(64) })),
  ),
  tampered('bytes after the end', ({ body }) => Buffer.concat([envelope(body), Buffer.from('extra')])),
  tampered('no chunks at all', () => DATA),
  tampered('a size that is not hexadecimal', (upload) =>
    Buffer.concat([Buffer.from('x'), envelope(upload.body)]),
  ),
  tampered('chunk without a signature', (upload) =>
    withChunk(upload, 0, (chunk) => ({ ...chunk, signature: undefined })),
  ),
  tampered(
    'a wrong trailer signature',
    ({ body }) =>
      envelope({ ...body, tail: body.tail.replace(/signature:[0-9a-f]{64}/, `signature:${'0'.repeat(64)}`) }),
    /^(400|403)/,
    signedTrailer,
  ),
  tampered(
    'a changed trailer',
    ({ body }) => envelope({ ...body, tail: body.tail.replace('sha256:', 'sha256:A') }),
    /^(400|403)/,
    signedTrailer,
  ),
  tampered(
    'data that does not match an unsigned trailer',
    (upload) => withChunk(upload, 0, (chunk) => ({ ...chunk, data: flip(chunk.data) })),
    /^400 BadDigest/,
    unsignedTrailer,
  ),
  tampered(
    'a trailer that was not announced',
    ({ body }) => envelope({ ...body, tail: `x-amz-checksum-crc32:AAAAAA==\r\n${body.tail}` }),
    /^400/,
    unsignedTrailer,
  ),
  {
    title: 'a body other than the one that was hashed',
    attempt: (arena) =>
      as(arena, arena.owner, PUT, { payload: createHash('sha256').update('other').digest('hex') }),
    refusal: /^400 XAmzContentSHA256Mismatch/,
  },
  {
    title: 'a wrong Content-MD5',
    attempt: (arena) =>
      as(arena, arena.owner, {
        ...PUT,
        headers: [['Content-MD5', createHash('md5').update('other').digest('base64')]],
      }),
    refusal: /^400 BadDigest/,
  },
  {
    title: 'a wrong checksum',
    attempt: (arena) =>
      as(arena, arena.owner, {
        ...PUT,
        headers: [['x-amz-checksum-sha256', createHash('sha256').update('other').digest('base64')]],
      }),
    refusal: /^400 BadDigest/,
  },
  {
    title: 'a wrong checksum of an empty body',
    attempt: (arena) =>
      as(arena, arena.owner, { ...PUT, body: '', headers: [['x-amz-checksum-crc32', 'AAAAAQ==']] }),
    refusal: /^400 BadDigest/,
  },
  {
    title: 'a body that ends a byte short',
    attempt: (arena) => cutShort(arena, signed(arena.owner, PUT, { host: arena.gate.host }), 1),
    refusal: /^400/,
  },
  {
    title: 'chunks that end half-way',
    attempt: (arena) => cutShort(arena, signedChunks(arena).request, 100_000),
    refusal: /^400/,
  },
]

/** Sends all but the last bytes, and closes. */
async function cutShort(arena: Arena, request: RawRequest, missing: number): Promise<RawResponse | 'torn'> {
  const connection = await Connection.open(arena.gate.port)
  const bytes = serialize(request)
  connection.write(bytes.subarray(0, bytes.length - missing))
  connection.socket.end()
  try {
    return await connection.response(request.method)
  } catch (error) {
    if (error instanceof TornResponse) return 'torn'
    throw error
  } finally {
    connection.close()
  }
}
