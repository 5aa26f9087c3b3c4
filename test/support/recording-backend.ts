/**
 * A stand-in for an object store that records every request it receives, byte for byte, and answers just plausibly
 * enough: so that a test can say "the backend received nothing", or exactly what it received.
 *
 * It keeps buckets and whole objects in memory, checks no signature, and knows nothing of versions or checksums.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { RawHeaders } from './raw-http.ts'

export interface RecordedRequest {
  readonly method: string
  /** The request target, verbatim. */
  readonly target: string
  /** As they were on the wire: case, order and repeats. */
  readonly headers: RawHeaders
  /** What has arrived of the body so far. */
  readonly body: Buffer
  /** The body came to its end; false also where the gate tore the request down. */
  readonly complete: boolean
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What to do with a request instead of the plausible answer; undefined: answer as usual. */
export type Script = (request: RecordedRequest, socket: Socket) => Answer | 'silence' | undefined

interface Recording {
  readonly method: string
  readonly target: string
  readonly headers: RawHeaders
  readonly pieces: Buffer[]
  complete: boolean
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>'
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'

export class RecordingBackend {
  readonly port: number
  readonly #server: Server
  readonly #recordings: Recording[] = []
  /** `bucket` → key → bytes. Tests may look and may plant. */
  readonly buckets = new Map<string, Map<string, Buffer>>()
  #script: Script = () => undefined

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#take(request, response),
    )
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue()
      this.#take(request, response)
    })
  }

  /** @param port a free one where 0 */
  static async start(port = 0): Promise<RecordingBackend> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return new RecordingBackend(server)
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Every request that concerns a bucket, oldest first, and those at `/` other than the gate's own look whether it is there. */
  get received(): readonly RecordedRequest[] {
    return this.#recordings.filter((recording) => !isProbe(recording)).map(frozen)
  }

  /** Forgets what was received; buckets and objects stay. */
  clear(): void {
    this.#recordings.length = 0
  }

  /** Answers by this script from now on. */
  script(script: Script): void {
    this.#script = script
  }

  /** Back to plausible answers. */
  unscript(): void {
    this.#script = () => undefined
  }

  object(bucket: string, key: string): Buffer | undefined {
    return this.buckets.get(bucket)?.get(key)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const recording: Recording = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: pairs(request.rawHeaders),
      pieces: [],
      complete: false,
    }
    this.#recordings.push(recording)
    request.on('data', (piece: Buffer) => recording.pieces.push(piece))
    request.on('error', () => {})
    request.on('end', () => {
      recording.complete = true
      const scripted = this.#script(frozen(recording), request.socket)
      if (scripted === 'silence') return
      const answer = scripted ?? this.#plausible(frozen(recording))
      const body = Buffer.from(answer.body ?? '')
      response.writeHead(answer.status, {
        'x-amz-request-id': 'backend-request-id',
        server: 'recording-backend',
        ...(answer.status === 204 ? {} : { 'content-length': String(body.length) }),
        ...answer.headers,
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    })
  }

  #plausible(request: RecordedRequest): Answer {
    const [path = '', query = ''] = request.target.split('?', 2)
    const slash = path.indexOf('/', 1)
    const bucket = decodeURIComponent(slash === -1 ? path.slice(1) : path.slice(1, slash))
    const key = slash === -1 ? '' : decodeURIComponent(path.slice(slash + 1))
    const parameters = new URLSearchParams(query)
    if (bucket === '') {
      const names = [...this.buckets.keys()].map((name) => `<Bucket><Name>${name}</Name></Bucket>`)
      return xml(
        'ListAllMyBucketsResult',
        `<Owner><ID>backend-owner</ID></Owner><Buckets>${names.join('')}</Buckets>`,
      )
    }
    return key === ''
      ? this.#onBucket(request, bucket, parameters)
      : this.#onObject(request, bucket, key, parameters)
  }

  #onBucket(request: RecordedRequest, bucket: string, parameters: URLSearchParams): Answer {
    const objects = this.buckets.get(bucket)
    if (request.method === 'PUT' && parameters.size === 0) {
      if (objects === undefined) this.buckets.set(bucket, new Map())
      return { status: 200, headers: { location: `/${bucket}` } }
    }
    if (objects === undefined) return error(404, 'NoSuchBucket')
    if (request.method === 'HEAD' || request.method === 'PUT') return { status: 200 }
    if (request.method === 'DELETE') {
      if (parameters.size > 0) return { status: 204 }
      if (objects.size > 0) return error(409, 'BucketNotEmpty')
      this.buckets.delete(bucket)
      return { status: 204 }
    }
    if (request.method === 'POST' && parameters.has('delete')) return this.#deleteObjects(request, objects)
    return plausibleBucketRead(bucket, objects, parameters)
  }

  #deleteObjects(request: RecordedRequest, objects: Map<string, Buffer>): Answer {
    const keys = [...request.body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map(
      (match) => match[1] ?? '',
    )
    for (const key of keys) objects.delete(unescapeXml(key))
    return xml('DeleteResult', keys.map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join(''))
  }

  #onObject(request: RecordedRequest, bucket: string, key: string, parameters: URLSearchParams): Answer {
    const objects = this.buckets.get(bucket)
    if (objects === undefined) return error(404, 'NoSuchBucket')
    switch (request.method) {
      case 'PUT':
        return putObject(request, objects, key, parameters, this.buckets)
      case 'DELETE':
        if (parameters.size === 0) objects.delete(key)
        return { status: 204 }
      case 'POST':
        if (parameters.has('uploads')) {
          return xml(
            'InitiateMultipartUploadResult',
            `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>upload-1</UploadId>`,
          )
        }
        return xml(
          'CompleteMultipartUploadResult',
          `<Location>http://127.0.0.1/${bucket}</Location><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><ETag>&quot;0-1&quot;</ETag>`,
        )
      default:
        return getObject(objects, bucket, key, parameters)
    }
  }
}

/** `GET /` and `HEAD /` are how the gate looks whether a backend is alive; no client request is forwarded as one. */
function isProbe(recording: Recording): boolean {
  return (recording.method === 'GET' || recording.method === 'HEAD') && recording.target === '/'
}

function plausibleBucketRead(
  bucket: string,
  objects: Map<string, Buffer>,
  parameters: URLSearchParams,
): Answer {
  if (parameters.has('uploads')) {
    return xml(
      'ListMultipartUploadsResult',
      `<Bucket>${bucket}</Bucket><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated>`,
    )
  }
  if (parameters.has('versions')) {
    return xml(
      'ListVersionsResult',
      `<Name>${bucket}</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>`,
    )
  }
  if (parameters.has('tagging')) return xml('Tagging', '<TagSet></TagSet>')
  if (parameters.has('versioning')) return xml('VersioningConfiguration', '')
  if (parameters.has('cors')) return xml('CORSConfiguration', '')
  if (parameters.has('lifecycle')) return xml('LifecycleConfiguration', '')
  const prefix = parameters.get('prefix') ?? ''
  const contents = [...objects]
    .filter(([key]) => key.startsWith(prefix))
    .map(
      ([key, bytes]) =>
        `<Contents><Key>${escapeXml(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;${md5(bytes)}&quot;</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`,
    )
  return xml(
    'ListBucketResult',
    `<Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${contents.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${contents.join('')}`,
  )
}

function putObject(
  request: RecordedRequest,
  objects: Map<string, Buffer>,
  key: string,
  parameters: URLSearchParams,
  buckets: ReadonlyMap<string, Map<string, Buffer>>,
): Answer {
  const copySource = request.headers.find(([name]) => name.toLowerCase() === 'x-amz-copy-source')?.[1]
  if (copySource !== undefined) {
    const [, from = '', ...rest] = `/${copySource.replace(/^\//, '').replace(/\?.*/, '')}`.split('/')
    const bytes = buckets.get(from)?.get(decodeURIComponent(rest.join('/'))) ?? Buffer.alloc(0)
    if (!parameters.has('partNumber')) objects.set(key, bytes)
    const root = parameters.has('partNumber') ? 'CopyPartResult' : 'CopyObjectResult'
    return xml(
      root,
      `<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;${md5(bytes)}&quot;</ETag>`,
    )
  }
  if (parameters.size === 0) objects.set(key, request.body)
  return { status: 200, headers: { etag: `"${md5(request.body)}"` } }
}

function getObject(
  objects: Map<string, Buffer>,
  bucket: string,
  key: string,
  parameters: URLSearchParams,
): Answer {
  if (parameters.has('uploadId')) {
    return xml(
      'ListPartsResult',
      `<Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>upload-1</UploadId><IsTruncated>false</IsTruncated>`,
    )
  }
  if (parameters.has('tagging')) return xml('Tagging', '<TagSet></TagSet>')
  const bytes = objects.get(key)
  if (bytes === undefined) return error(404, 'NoSuchKey')
  return {
    status: 200,
    headers: {
      etag: `"${md5(bytes)}"`,
      'content-type': 'binary/octet-stream',
      'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'accept-ranges': 'bytes',
    },
    body: bytes,
  }
}

function xml(root: string, content: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `${XML}<${root} ${NAMESPACE}>${content}</${root}>`,
  }
}

function error(status: number, code: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `${XML}<Error><Code>${code}</Code><Message>of the backend</Message><RequestId>backend-request-id</RequestId><HostId>backend-host</HostId></Error>`,
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function unescapeXml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, decimal: string) => String.fromCodePoint(Number(decimal)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

function frozen(recording: Recording): RecordedRequest {
  const { method, target, headers, pieces, complete } = recording
  return { method, target, headers, body: Buffer.concat(pieces), complete }
}

function pairs(raw: readonly string[]): RawHeaders {
  return Array.from({ length: raw.length / 2 }, (_, i): [string, string] => [
    raw[2 * i] ?? '',
    raw[2 * i + 1] ?? '',
  ])
}
