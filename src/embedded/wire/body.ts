/**
 * Request bodies: read whole where they are XML, streamed to a blob where they are data; either way checked against
 * the length, hash and checksums that came with them before anything is made of them.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { S3Error } from '../../s3/error.ts'
import type { Headers } from '../../s3/headers.ts'
import type { BodyExpectation } from '../../sigv4/body-expectation.ts'
import { createBodyVerifier } from '../../sigv4/body-verifier.ts'
import type { ChecksumAlgorithm, Checksums } from '../../sigv4/checksum.ts'
import { declaredChecksum, declaredMd5 } from '../../sigv4/checksum-headers.ts'
import type { Blobs, Hold } from '../blobs.ts'
import type { NewContent, StoredChecksum } from '../records.ts'
import type { SignedPayload } from './authenticate.ts'

export interface RequestBody {
  readonly source: IncomingMessage
  readonly length: number
  readonly payload: SignedPayload
}

/** Data that is on disk and was checked, held until it is in the index. */
export interface ReceivedContent {
  readonly content: NewContent
  readonly hold: Hold
}

export interface ReceiveDeps {
  readonly blobs: Pick<Blobs, 'create'>
  readonly checksums: Checksums
}

const NONE_HOISTED: ReadonlySet<string> = new Set()

/** The largest object or part that comes in one request. */
export const MAX_UPLOAD = 5 * 1024 ** 3

/** @throws S3Error where the body is longer than `limit` or not what its sender said */
export async function readBody(
  body: RequestBody,
  headers: Headers,
  checksums: Checksums,
  limit: number,
): Promise<Buffer> {
  if (body.length > limit) throw new S3Error('MaxMessageLengthExceeded')
  const pieces: Buffer[] = []
  const verifier = createBodyVerifier(expectation(body, headers), (piece) => pieces.push(piece), checksums)
  for await (const chunk of body.source.iterator({ destroyOnReturn: false })) verifier.push(chunk as Buffer)
  verifier.end()
  return Buffer.concat(pieces)
}

/**
 * Streams a body to a new blob.
 *
 * @param algorithm the checksum to compute and keep; null: the one that the headers declare, if any
 * @throws S3Error where the body is not what its sender said; nothing is left of it then
 */
export async function receive(
  body: RequestBody,
  headers: Headers,
  algorithm: ChecksumAlgorithm | null,
  { blobs, checksums }: ReceiveDeps,
): Promise<ReceivedContent> {
  if (body.length > MAX_UPLOAD) {
    throw new S3Error('EntityTooLarge', {
      elements: [
        ['ProposedSize', String(body.length)],
        ['MaxSizeAllowed', String(MAX_UPLOAD)],
      ],
    })
  }
  const expected = expectation(body, headers)
  const chosen = algorithm ?? (expected.checksum.kind === 'none' ? null : expected.checksum.algorithm)
  const hasher = chosen === null ? null : checksums.create(chosen)
  const md5 = createHash('md5')
  const writer = blobs.create()
  const pieces: Buffer[] = []
  const verifier = createBodyVerifier(expected, (piece) => pieces.push(piece), checksums)
  const write = async (): Promise<void> => {
    for (const piece of pieces) {
      md5.update(piece)
      hasher?.update(piece)
      await writer.write(piece)
    }
    pieces.length = 0
  }
  try {
    for await (const chunk of body.source.iterator({ destroyOnReturn: false })) {
      verifier.push(chunk as Buffer)
      await write()
    }
    verifier.end()
    await write()
    const checksum: StoredChecksum | null =
      chosen === null || hasher === null
        ? null
        : { algorithm: chosen, type: 'FULL_OBJECT', value: hasher.digest().toString('base64') }
    const segments = await writer.finish()
    return { content: { size: body.length, etag: md5.digest('hex'), checksum, segments }, hold: writer }
  } catch (error) {
    await writer.release()
    throw error
  }
}

function expectation(body: RequestBody, headers: Headers): BodyExpectation {
  return {
    envelope: { kind: 'identity', sha256: body.payload.kind === 'sha256' ? body.payload.hex : null },
    wireLength: body.length,
    decodedLength: body.length,
    lengthIs: 'exactly',
    md5: declaredMd5(headers),
    checksum: declaredChecksum(headers, body.payload, NONE_HOISTED),
  }
}
