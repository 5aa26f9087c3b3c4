/**
 * One client's recorded requests, sent again to a server of S3's, each signed anew as the client signed it. What the
 * answers give (upload ids, ETags) goes into the requests that follow, and what was stored is looked at.
 */
import { randomUUID } from 'node:crypto'
import { Connection, header, type RawResponse, send } from '../support/raw-http.ts'
import { amzDate, type Credentials, split } from '../support/reference-signer.ts'
import { signed } from '../support/s3-request.ts'
import { type ClientHabits, over, type RecordedRequest, type Scheme, type SentRequest } from './habits.ts'
import { keyOf, Memory } from './memory.ts'
import { fieldOf, fieldsOf, type Rendered, render } from './render.ts'

/** Where to, as whom. */
export interface Target {
  readonly port: number
  readonly host: string
  readonly credentials: Credentials
  readonly bucket: string
}

/** What came back, in words that compare. */
export interface Outcome {
  /** The request line, with its placeholders, and the status. */
  readonly line: string
  readonly status: number
  /** The error's code and message. */
  readonly error: string
  /** What is not as it was sent. */
  readonly faults: readonly string[]
}

export class Replay {
  readonly #client: ClientHabits
  readonly #scheme: Scheme
  readonly #target: Target
  readonly #memory = new Memory()
  /** What must be stored, by key. */
  readonly #objects = new Map<string, Buffer>()
  /** Parts of the uploads under way, by upload id and number. */
  readonly #parts = new Map<string, Map<number, Buffer>>()

  constructor(client: ClientHabits, scheme: Scheme, target: Target) {
    this.#client = client
    this.#scheme = scheme
    this.#target = target
  }

  /** What is there before the client's first request. */
  async prepare(): Promise<void> {
    const { port, host, credentials, bucket } = this.#target
    if (this.#client.bucket === 'made') return
    await send(port, signed(credentials, { method: 'PUT', target: `/${bucket}` }, { host }))
  }

  async play(recorded: RecordedRequest): Promise<Outcome> {
    const request = over(this.#scheme, recorded)
    const line = request.head[0] ?? ''
    const rendered = this.#render(request)
    const answer = await exchange(this.#target.port, rendered)
    this.#memory.note(rendered.lines[0] ?? '', answer)
    const text = answer.body.toString('utf8')
    const told = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? ''
    const faults = answer.status < 300 ? await this.#faults(rendered, answer) : []
    const error =
      answer.status < 400
        ? ''
        : `${told('Code')}: ${told('Message')} ${told('Header')}${told('Parameter')}`.trimEnd()
    return { line, status: answer.status, error, faults }
  }

  #render(request: SentRequest): Rendered {
    const { credentials, host, bucket } = this.#target
    const at = Math.floor(Date.now() / 1000) * 1000
    const noise = new Map([
      ['kernel', '6.1.0'],
      ['userAgent', this.#client.userAgent.replace('{kernel}', '6.1.0')],
      ['uuid', randomUUID()],
      ['expires', String(at / 1000 + 3600)],
      ['later', amzDate(at + 60_000)],
    ])
    const memory = [...this.#memory.values].map(([name, value]) => [name, encodedIn(name, value)] as const)
    return render(request, credentials, { host, bucket, at, others: new Map([...noise, ...memory]) })
  }

  /** Notes what the request stores, and looks whether it is there; compares what it reads with what is. */
  async #faults({ lines, data }: Rendered, answer: RawResponse): Promise<readonly string[]> {
    const [method = '', target = ''] = (lines[0] ?? '').split(' ')
    const [path, query] = split(target)
    const key = keyOf(path)
    const asked = new URLSearchParams(query)
    const named = [...asked.keys()].filter(
      (name) => !/^(x-|awsaccesskeyid$|signature$|expires$|response-)/i.test(name),
    )
    const uploadId = asked.get('uploadId') ?? ''
    const source = fieldOf(lines, 'x-amz-copy-source')
    if (key === '') return []
    if (named.length === 0 && method === 'GET') return this.#read(key, lines, answer)
    if (named.length === 0 && method === 'DELETE') this.#objects.delete(key)
    if (named.length === 0 && method === 'PUT') {
      const stored = source === undefined ? data : this.#objects.get(sourceKey(source))
      return stored === undefined ? [] : this.#stored(key, stored, source === undefined ? lines : [])
    }
    if (named.includes('partNumber') && method === 'PUT') {
      const copied = source === undefined ? data : this.#objects.get(sourceKey(source))
      const part = copied === undefined ? copied : sliced(copied, fieldOf(lines, 'x-amz-copy-source-range'))
      const parts = this.#parts.get(uploadId) ?? new Map<number, Buffer>()
      this.#parts.set(uploadId, parts.set(Number(asked.get('partNumber')), part ?? Buffer.alloc(0)))
    }
    if (named.includes('uploadId') && method === 'POST') {
      const parts = [...(this.#parts.get(uploadId) ?? [])].sort(([a], [b]) => a - b)
      return this.#stored(key, Buffer.concat(parts.map(([, part]) => part)), [])
    }
    return []
  }

  /** @param lines what was said of the object as it was stored */
  async #stored(key: string, data: Buffer, lines: readonly string[]): Promise<readonly string[]> {
    const { port, host, credentials, bucket } = this.#target
    this.#objects.set(decodeURIComponent(key), data)
    const answer = await send(
      port,
      signed(credentials, { method: 'GET', target: `/${bucket}/${key}` }, { host }),
    )
    const faults = answer.body.equals(data) ? [] : [`${key} holds other bytes than were sent`]
    const encodings = fieldsOf(lines)
      .filter(([name]) => name.toLowerCase() === 'content-encoding')
      .flatMap(([, value]) => value.split(',').map((each) => each.trim()))
      .filter((encoding) => encoding !== 'aws-chunked')
    const kept = fieldsOf(lines).filter(([name]) => /^(content-type|x-amz-meta-.*)$/i.test(name))
    const owed = [...kept, ...encodings.map((encoding) => ['content-encoding', encoding] as const)]
    return [
      ...faults,
      ...owed
        .filter(([name, value]) => header(answer, name.toLowerCase()) !== value.trim())
        .map(([name, value]) => `${name}: ${value.trim()} became ${header(answer, name.toLowerCase())}`),
    ]
  }

  #read(key: string, lines: readonly string[], answer: RawResponse): readonly string[] {
    const whole = this.#objects.get(decodeURIComponent(key))
    if (whole === undefined) return []
    const owed = sliced(whole, fieldOf(lines, 'range'))
    return answer.body.equals(owed) ? [] : [`${key} was read as other bytes than were stored`]
  }
}

/** What a range asks for of it. */
function sliced(whole: Buffer, range = 'bytes=0-'): Buffer {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? []
  if (first === '') return whole.subarray(whole.length - Number(last))
  return whole.subarray(Number(first), last === '' ? whole.length : Number(last) + 1)
}

/** An upload id as it stands in a query. */
function encodedIn(name: string, value: string): string {
  return name === 'uploadId' ? encodeURIComponent(value) : value
}

/** The key that a copy is made from. */
function sourceKey(source: string): string {
  return decodeURIComponent(source.replace(/^\//, '').replace(/^[^/]*\//, ''))
}

/** Sends a request on a connection of its own, and its body only when it may where it asks for that. */
async function exchange(port: number, { head, body, lines }: Rendered): Promise<RawResponse> {
  const method = lines[0]?.split(' ')[0] ?? ''
  const connection = await Connection.open(port)
  try {
    connection.write(head)
    const asks = fieldOf(lines, 'expect')?.toLowerCase() === '100-continue'
    const early = asks ? await connection.leave(method) : undefined
    if (early !== undefined) return early
    connection.write(body)
    return await connection.response(method)
  } finally {
    connection.close()
  }
}
