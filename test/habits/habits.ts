/**
 * What S3 SDKs were seen to send, from `test/data/sdk-requests.json`, whose field `about` says how to read it. The
 * file is written by `record/record.ts`.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export const FILE = resolve('test/data/sdk-requests.json')

export interface Habits {
  readonly about: readonly string[]
  /** Answers that are others than MinIO's to the client. Written by hand, and kept where clients are recorded again. */
  readonly different: readonly Difference[]
  readonly clients: readonly ClientHabits[]
}

export interface Difference {
  readonly where: readonly ('embedded' | 'minio' | 'minio alone')[]
  /** Absent: all clients. */
  readonly client?: string
  /** Absent: all operations. */
  readonly operation?: string
  /** What the request line matches: a regular expression. */
  readonly request: string
  readonly status: number
  /** The error's code, or nothing. */
  readonly code: string
  readonly why: string
}

export interface ClientHabits {
  readonly name: string
  readonly version: string
  /** `there`: it does not make buckets, so that it finds one. */
  readonly bucket: 'made' | 'there'
  /** What `{userAgent}` stands for. */
  readonly userAgent: string
  readonly operations: readonly OperationHabits[]
}

export interface OperationHabits {
  /** What the client was told to do. */
  readonly operation: string
  readonly requests: readonly RecordedRequest[]
}

export interface SentRequest {
  /** Request line and header lines as sent, latin1, with placeholders. */
  readonly head: readonly string[]
  readonly body?: RecordedBody
  /** What MinIO answered. */
  readonly status: number
}

/** As it is over http. */
export interface RecordedRequest extends SentRequest {
  /** Over https. Absent: the same. A text: the same but for this in x-amz-content-sha256. */
  readonly https?: SentRequest | string
}

export type Scheme = 'http' | 'https'

export interface RecordedBody {
  /** What the body is about, out of all framing. */
  readonly data: RecordedData
  /** Sizes of the chunks of aws-chunked and what follows the last of them. */
  readonly awsChunked?: {
    readonly sizes: readonly Repeated[]
    readonly end: string
    /** Sizes are sent in capitals. */
    readonly capitals?: true
  }
  /** Sizes of the chunks of `Transfer-Encoding: chunked`, around that. */
  readonly httpChunks?: readonly Repeated[]
}

/** Text, bytes, or so many of one character after another. */
export type RecordedData =
  | string
  | { readonly base64: string }
  | { readonly fill: readonly (readonly [character: string, count: number])[] }

/** A size, or `count x size`. */
export type Repeated = number | string

export function readHabits(): Habits {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Habits
}

/** What a client sends. */
export function over(scheme: Scheme, { https, ...http }: RecordedRequest): SentRequest {
  if (scheme === 'http' || https === undefined) return http
  return typeof https === 'string' ? withPayload(http, https) : https
}

/** The same request with another x-amz-content-sha256. */
export function withPayload(request: SentRequest, payload: string): SentRequest {
  return {
    ...request,
    head: request.head.map((line) => line.replace(/^(x-amz-content-sha256: *).*/i, `$1${payload}`)),
  }
}

/** `[3, '2x5']` → `[3, 5, 5]`. */
export function sizesOf(sizes: readonly Repeated[]): readonly number[] {
  return sizes.flatMap((size) => {
    if (typeof size === 'number') return [size]
    const [count, each] = size.split('x').map(Number)
    return Array.from({ length: count ?? 0 }, () => each ?? 0)
  })
}

/** The other way round. */
export function repeated(sizes: readonly number[]): readonly Repeated[] {
  const runs: [count: number, size: number][] = []
  for (const size of sizes) {
    const last = runs.at(-1)
    if (last?.[1] === size) last[0]++
    else runs.push([1, size])
  }
  return runs.map(([count, size]) => (count === 1 ? size : `${count}x${size}`))
}
