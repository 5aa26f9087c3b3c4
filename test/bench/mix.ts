/**
 * A day of a gate in small: requests of every kind that it answers or refuses, side by side, and clients that leave in
 * the middle. Every round signs new ones, for other objects and by other keys that nobody knows.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { serialize } from '../support/raw-http.ts'
import { presigned } from '../support/s3-request.ts'
import { BUCKET, type StageCredentials } from './contenders.ts'
import { openLoad, type WireRequest } from './load.ts'
import { hashOf, signed, type UnsignedBody } from './sign.ts'

const KIB = 1024
const HOST = 's3.example.org'
/** Distinct requests of one kind in one round. */
const DISTINCT = 200
const CONNECTIONS = 2

interface Kind {
  /** How often, beside the others. */
  readonly weight: number
  readonly status: number
  request(credentials: StageCredentials, index: number): WireRequest
}

const NONE: UnsignedBody = { kind: 'none' }
const NOTHING = Buffer.alloc(0)
const bytes = (length: number): Buffer => Buffer.alloc(length, 'It was the age of wisdom. ')
const object = (size: number, index: number) => `/${BUCKET}/${size}/folder/object-${index}`
const stranger = (index: number) => ({ accessKey: `STRANGER${index}`, secretKey: 'none' })

function kind(
  weight: number,
  status: number,
  method: string,
  target: (index: number) => string,
  body: UnsignedBody = NONE,
  who: (credentials: StageCredentials, index: number) => StageCredentials['full'] = ({ full }) => full,
): Kind {
  const hash = hashOf(body)
  return {
    weight,
    status,
    request: (credentials, index) => ({
      ...signed({ method, target: target(index), body }, who(credentials, index), hash),
      bodiless: method === 'HEAD' || status === 204,
    }),
  }
}

const COMPLETION = Buffer.from(
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"e"</ETag></Part></CompleteMultipartUpload>',
)

const PRESIGNED: Kind = {
  weight: 6,
  status: 200,
  request: ({ full }, index) => ({
    head: serialize(presigned(full, { method: 'GET', target: object(KIB, index) }, { host: HOST })),
    body: NOTHING,
    bodiless: false,
  }),
}

const KINDS: readonly Kind[] = [
  kind(30, 200, 'GET', (n) => object(KIB, n)),
  kind(4, 200, 'GET', (n) => object(64 * KIB, n)),
  kind(10, 200, 'HEAD', (n) => object(KIB, n)),
  kind(10, 200, 'PUT', (n) => object(KIB, n), { kind: 'signed', bytes: bytes(KIB) }),
  kind(2, 200, 'PUT', (n) => object(64 * KIB, n), { kind: 'unsigned', bytes: bytes(64 * KIB) }),
  kind(2, 200, 'PUT', (n) => object(64 * KIB, n), { kind: 'trailer', bytes: bytes(64 * KIB) }),
  kind(4, 204, 'DELETE', (n) => object(KIB, n)),
  kind(2, 200, 'GET', (n) => `/${BUCKET}?list-type=2&prefix=folder-${n}%2F`),
  kind(2, 200, 'GET', () => '/'),
  kind(2, 200, 'POST', (n) => `${object(KIB, n)}?uploads`),
  kind(2, 200, 'PUT', (n) => `${object(KIB, n)}?partNumber=1&uploadId=u${n}`, {
    kind: 'signed',
    bytes: bytes(64 * KIB),
  }),
  kind(2, 200, 'POST', (n) => `${object(KIB, n)}?uploadId=u${n}`, { kind: 'signed', bytes: COMPLETION }),
  PRESIGNED,
  kind(
    6,
    403,
    'DELETE',
    (n) => object(KIB, n),
    NONE,
    ({ reader }) => reader,
  ),
  kind(
    4,
    403,
    'PUT',
    (n) => object(KIB, n),
    { kind: 'signed', bytes: bytes(KIB) },
    ({ reader }) => reader,
  ),
  kind(
    4,
    403,
    'GET',
    (n) => object(KIB, n),
    NONE,
    (_, n) => stranger(n),
  ),
  kind(
    2,
    403,
    'GET',
    (n) => object(KIB, n),
    NONE,
    ({ full }) => ({ ...full, secretKey: 'another' }),
  ),
  kind(4, 403, 'GET', (n) => `/nobodys-${n}/key`),
  kind(2, 501, 'DELETE', (n) => `${object(KIB, n)}?no-such-parameter=${n}`),
]
const WEIGHTS = KINDS.reduce((sum, { weight }) => sum + weight, 0)

/** So many requests of each round have a client that leaves before their end. */
const LEAVING = 0.002

/**
 * @param round tells its requests from those of other rounds
 * @throws Error where an answer has another status than its kind
 */
export async function mixedRound(
  port: number,
  credentials: StageCredentials,
  round: number,
  count: number,
): Promise<void> {
  await Promise.all([
    ...KINDS.map(async ({ weight, status, request }) => {
      const share = Math.ceil((count * weight) / WEIGHTS)
      const requests = Array.from({ length: Math.min(DISTINCT, share) }, (_, n) =>
        request(credentials, round * DISTINCT + n),
      )
      const load = await openLoad({ port, connections: CONNECTIONS, status })
      await load.run(requests, share)
      load.close()
    }),
    leaving(port, credentials, Math.ceil(count * LEAVING)),
  ])
}

const LONG = 4 * KIB * KIB

/** Clients that break off an upload and a download, one after the other. */
async function leaving(port: number, { full }: StageCredentials, count: number): Promise<void> {
  const body: UnsignedBody = { kind: 'unsigned', bytes: bytes(LONG) }
  const upload = signed({ method: 'PUT', target: object(LONG, 0), body }, full, '')
  const download = signed({ method: 'GET', target: object(LONG, 0), body: NONE }, full, hashOf(NONE))
  for (let n = 0; n < count; n++) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    if (n % 2 === 0) {
      socket.write(upload.head)
      await new Promise((resolve) => socket.write(upload.body.subarray(0, 100 * KIB), resolve))
    } else {
      socket.write(download.head)
      await once(socket, 'data')
    }
    socket.destroy()
  }
}
