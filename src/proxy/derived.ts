/**
 * What a store does not tell of its objects when it is asked, and what its answer to HEAD tells all the same: how many
 * parts an object was made of stands in its entity tag, and one that was made in one piece is its own first part.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (partNumber)
 */
import { S3Error } from '../s3/error.ts'
import type { HeaderList } from '../s3/headers.ts'
import { parameter } from '../s3/operation.ts'
import { forwardableHeaders, members } from '../s3/operation-headers.ts'
import { SSE_CUSTOMER } from '../s3/operations/header-lists.ts'
import { canonicalQuery } from '../s3/uri.ts'
import { textElement, xmlDocument } from '../s3/xml-writer.ts'
import type { AuthorizedRequest } from './authorize.ts'
import { readBackendError } from './backend/backend-error.ts'
import { type BackendHeaders, type Backends, single } from './backend/index.ts'
import { backendRequest } from './backend-request.ts'
import { relay } from './relay.ts'
import { sendXml } from './reply.ts'

export interface DerivedDeps {
  readonly backends: Backends
}

/** What HEAD says of an object. */
interface Seen {
  readonly headers: BackendHeaders
  /** Quoted. */
  readonly etag: string
  readonly size: number
  /** How many parts it was made of; null: it was made in one piece. */
  readonly parts: number | null
}

/** Without the key, HEAD says nothing of an object that has one. */
const ENCRYPTION: ReadonlySet<string> = new Set(SSE_CUSTOMER)

/** @throws S3Error what the backend says */
export async function sendDerivedAttributes(request: AuthorizedRequest, deps: DerivedDeps): Promise<void> {
  const { received, headers } = request.asked
  const seen = await look(request, deps)
  const asked = new Set(members(headers.get('x-amz-object-attributes') ?? ''))
  const attributes: readonly (readonly [name: string, xml: string])[] = [
    ['ETag', textElement('ETag', seen.etag.replaceAll('"', ''))],
    [
      'ObjectParts',
      seen.parts === null
        ? ''
        : `<ObjectParts>${textElement('PartsCount', String(seen.parts))}</ObjectParts>`,
    ],
    ['StorageClass', textElement('StorageClass', single(seen.headers, 'x-amz-storage-class') ?? 'STANDARD')],
    ['ObjectSize', textElement('ObjectSize', String(seen.size))],
  ]
  const document = attributes.filter(([name]) => asked.has(name)).map(([, xml]) => xml)
  sendXml(received, 200, told(seen.headers), xmlDocument('GetObjectAttributesResponse', document.join('')))
}

/** The answer's own headers. */
function told(headers: BackendHeaders): HeaderList {
  return (['Last-Modified', 'x-amz-version-id'] as const).flatMap((name): HeaderList => {
    const value = single(headers, name.toLowerCase())
    return value === undefined ? [] : [[name, value]]
  })
}

/**
 * GetObject and HeadObject of a part. Where an object has several, nobody knows where the first one ends: the first is
 * all of it then, as the answer says, and there are no others to be had. So transfer managers that begin with the first
 * get the object.
 *
 * @throws S3Error `InvalidPartNumber`; `NotImplemented` for the second part of several, or a later one
 */
export async function sendPart(request: AuthorizedRequest, deps: DerivedDeps): Promise<void> {
  const { received, wire, headers } = request.asked
  const { size, parts } = await look(request, deps)
  const number = Number(parameter(wire, 'partNumber'))
  if (number > (parts ?? 1)) {
    throw new S3Error('InvalidPartNumber', {
      elements: [
        ['PartNumberRequested', String(number)],
        ['ActualPartCount', String(parts ?? 1)],
      ],
    })
  }
  if (number > 1) {
    throw new S3Error('NotImplemented', {
      message: `${wire.name} with a partNumber of more than 1 is not available on this bucket.`,
      reason: 'the backend does not know where the parts of an object begin',
    })
  }
  const whole: HeaderList = size === 0 ? [] : [['range', 'bytes=0-']]
  await relay({
    backends: deps.backends,
    received,
    request: backendRequest(request, {
      headers: [...forwardableHeaders(wire, headers), ...whole],
      query: canonicalQuery(wire.params.filter(([name]) => name !== 'partNumber')),
      body: { kind: 'none' },
    }),
    body: { kind: 'through' },
  })
}

async function look(request: AuthorizedRequest, { backends }: DerivedDeps): Promise<Seen> {
  const { wire, headers } = request.asked
  const answer = await backends.request(
    {
      ...backendRequest(request, {
        headers: forwardableHeaders(wire, headers).filter(([name]) => ENCRYPTION.has(name)),
        query: canonicalQuery(wire.params.filter(([name]) => name === 'versionId')),
        body: { kind: 'none' },
      }),
      method: 'HEAD',
    },
    { maxBytes: 0 },
  )
  if (answer.status >= 400) throw readBackendError(answer)
  const etag = single(answer.headers, 'etag') ?? ''
  const parts = /-(\d{1,5})"?$/.exec(etag)?.[1]
  return {
    headers: answer.headers,
    etag,
    size: Number(single(answer.headers, 'content-length') ?? 0),
    parts: parts === undefined ? null : Number(parts),
  }
}
