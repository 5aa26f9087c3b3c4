/**
 * Request bodies that are read whole before anything is decided or sent: XML and JSON documents, bounded and verified.
 * Object data never comes here; it streams through `backend/upload.ts`.
 */
import { createHash } from 'node:crypto'
import { S3Error } from '../s3/error.ts'
import type { OperationName } from '../s3/operations/table.ts'
import { type BodyExpectation, bodyExpectation } from '../sigv4/body-expectation.ts'
import { createBodyVerifier } from '../sigv4/body-verifier.ts'
import type { Checksums } from '../sigv4/checksum.ts'
import { declaredMd5 } from '../sigv4/checksum-headers.ts'
import type { AskedRequest } from './ask.ts'
import { announcedLength } from './edge.ts'
import { sendContinue } from './reply.ts'

/** A client that sends nothing for this long has given up. */
const IDLE_MS = 30_000
/** Documents are short: one that takes longer is never meant to end. */
const WHOLE_MS = 300_000

const EMPTY_SHA256 = createHash('sha256').digest('hex')
const EMPTY_MD5 = createHash('md5').digest()
const NOTHING = Buffer.alloc(0)
const NONE_HOISTED: ReadonlySet<string> = new Set()

/** What the headers promise of the body. @throws S3Error */
export function expectationOf(asked: AskedRequest): BodyExpectation {
  const { headers, client, operation } = asked
  return bodyExpectation({
    // What a form's file is, its own fields and boundaries say.
    headers:
      client.form === null
        ? headers
        : new Map([...headers, ['content-length', String(client.form.length.longest)]]),
    hoisted: NONE_HOISTED,
    mode: client.payload,
    seed: client.seed,
    checksumOf: operation.name === 'CompleteMultipartUpload' ? 'object' : 'body',
    lengthIs: client.form === null ? 'exactly' : 'at-most',
  })
}

/** @throws S3Error `UnexpectedContent` where a body came that the operation has no use for */
export function refuseBody(asked: AskedRequest): void {
  if (announcedLength(asked.received.headers) !== 0) throw new S3Error('UnexpectedContent')
  verifyEmpty(asked)
}

/**
 * Reads a document.
 *
 * @param maxBytes the longest one that is read
 * @throws S3Error `MaxMessageLengthExceeded`; whatever its verification finds; `RequestTimeout`
 */
export async function readBody(
  asked: AskedRequest,
  maxBytes: number,
  deps: { readonly checksums: Checksums },
): Promise<Buffer> {
  const { received } = asked
  if (announcedLength(received.headers) === 0) {
    verifyEmpty(asked)
    return NOTHING
  }
  refuseUnchecked(asked)
  const expectation = expectationOf(asked)
  if (expectation.decodedLength > maxBytes) {
    throw new S3Error('MaxMessageLengthExceeded', { elements: [['MaxMessageLengthBytes', String(maxBytes)]] })
  }
  const pieces: Buffer[] = []
  const verifier = createBodyVerifier(expectation, (piece) => pieces.push(piece), deps.checksums)
  sendContinue(received)
  await new Promise<void>((resolve, reject) => {
    const { incoming, journal } = received
    const stop = (error: unknown): void => {
      clearTimeout(timer)
      clearTimeout(limit)
      incoming.off('data', take)
      incoming.off('end', finish)
      incoming.off('close', lost)
      if (error === undefined) resolve()
      else reject(error)
    }
    const take = (chunk: Buffer): void => {
      timer.refresh()
      journal.bytes_in += chunk.length
      try {
        verifier.push(chunk)
      } catch (error) {
        stop(error)
      }
    }
    const finish = (): void => {
      try {
        verifier.end()
        stop(undefined)
      } catch (error) {
        stop(error)
      }
    }
    const lost = (): void => stop(new S3Error('IncompleteBody', { reason: 'the client went away' }))
    const late = (): void => stop(new S3Error('RequestTimeout'))
    const timer = setTimeout(late, IDLE_MS)
    const limit = setTimeout(late, WHOLE_MS)
    incoming.on('data', take)
    incoming.once('end', finish)
    incoming.once('close', lost)
  })
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

/** A signature or a digest over a body that is not empty belongs to another request. */
function verifyEmpty({ client, headers }: AskedRequest): void {
  const { payload } = client
  if (payload.kind === 'sha256' && payload.hex !== EMPTY_SHA256) {
    throw new S3Error('XAmzContentSHA256Mismatch', {
      elements: [
        ['ClientComputedContentSHA256', payload.hex],
        ['S3ComputedContentSHA256', EMPTY_SHA256],
      ],
    })
  }
  const md5 = declaredMd5(headers)
  if (md5 !== null && !md5.equals(EMPTY_MD5)) throw new S3Error('BadDigest')
}

/** AWS's model says that these need a checksum, and AWS takes them without: s3cmd sends none with an ACL. */
const TAKEN_UNCHECKED: ReadonlySet<OperationName> = new Set([
  'PutBucketAcl',
  'PutBucketPolicy',
  'PutObjectAcl',
])

function refuseUnchecked({ operation, headers }: AskedRequest): void {
  if (!operation.row.checksumRequired || TAKEN_UNCHECKED.has(operation.name)) return
  if (headers.has('content-md5') || headers.has('x-amz-trailer')) return
  for (const name of headers.keys()) {
    if (name.startsWith('x-amz-checksum-') && name !== 'x-amz-checksum-algorithm') return
  }
  throw new S3Error('InvalidRequest', {
    message: 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
  })
}
