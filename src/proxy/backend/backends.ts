/**
 * What the rest of the gate knows of the way to the object stores: a request that was authorized goes in, an answer
 * comes out. Pools, signatures, health, retries and time-outs are behind it.
 */
import type { ResolvedBackend } from '../../iam/reader.ts'
import type { S3Error } from '../../s3/error.ts'
import type { HeaderList } from '../../s3/headers.ts'
import type { Upload } from './upload.ts'

/** A request as it is to reach the backend, all but its signature, `Host` and `Content-Length`. */
export interface BackendRequest {
  readonly backend: ResolvedBackend
  readonly method: string
  /** Null: the request is about the service. Needed for virtual-hosted addressing. */
  readonly bucket: string | null
  /** Canonical and path style, whatever the backend's addressing: `/bucket/key`. */
  readonly path: string
  /** Canonical query string without `?`. */
  readonly query: string
  /** Lower-case names, each once, rebuilt by the gate; latin1 values. Never `host`, `authorization`, `content-length`. */
  readonly headers: HeaderList
  readonly body: RequestBody
  /** How long the backend may take before it answers: `minutes` for CompleteMultipartUpload and copies. */
  readonly patience: 'normal' | 'minutes'
}

export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'stream'; readonly upload: Upload }

/** Lower-case name → value, or values where it was repeated; latin1. */
export type BackendHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** The value of a header that came once, as it should have; else undefined. @param name lower-case */
export function single(headers: BackendHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/**
 * Takes an answer as it arrives. `onHeaders`, any number of `onData`, then `onEnd`; `onError` may come instead of any of
 * them, and nothing comes after it. None of them may throw.
 */
export interface ResponseHandler {
  /** Final status: never 1xx, never a redirect. A body, if there is one, is framed: its end can be told from a cut. */
  onHeaders(status: number, headers: BackendHeaders): void
  onData(chunk: Buffer): Intake
  /** The answer is whole. */
  onEnd(): void
  /** It failed: `source` says whose fault it was. The backend request is torn down already. */
  onError(error: S3Error): void
}

/**
 * What became of a piece of an answer. `done`: it is not needed any more, and its memory may be used again. `kept`: the
 * handler holds on to it. `full`: the same, and no more is to come until {@link Exchange.resume}; a little still may.
 */
export type Intake = 'done' | 'kept' | 'full'

/** One request in progress. */
export interface Exchange {
  resume(): void
  /** Tears the backend request down, where it still goes on. The handler hears nothing any more. */
  abort(): void
  /** Milliseconds from the request (its body, if it is a stream) being handed over until headers came; -1: none came. */
  readonly headersAfterMs: number
}

export interface BackendAnswer {
  readonly status: number
  readonly headers: BackendHeaders
  readonly body: Buffer
}

export interface Backends {
  send(request: BackendRequest, handler: ResponseHandler): Exchange
  /**
   * Sends and reads the whole answer.
   * @throws S3Error where there is none, or `BadGateway` where it is longer than `maxBytes`
   */
  request(request: BackendRequest, limits: { readonly maxBytes: number }): Promise<BackendAnswer>
  /** Every endpoint asked so far. */
  health(): readonly EndpointHealth[]
  /** Ends idle connections and resolves when the last exchange is over. Nothing may be sent afterwards. */
  close(): Promise<void>
}

export interface EndpointHealth {
  readonly backendId: string
  readonly endpoint: string
  readonly healthy: boolean
}

/** Milliseconds and bytes. */
export interface BackendSettings {
  /** To open a connection, TLS included. */
  readonly connectTimeoutMs: number
  /** From the end of the request to the answer's headers, and the same for `patience: 'minutes'`. */
  readonly answerTimeoutMs: number
  readonly slowAnswerTimeoutMs: number
  /** Between two pieces of an answer. */
  readonly bodyTimeoutMs: number
  /** Between two looks at an endpoint. */
  readonly healthIntervalMs: number
  /** Connections per endpoint; requests beyond it wait for one. */
  readonly connections: number
  /** How long an idle connection is kept; shorter than what backends keep theirs. */
  readonly keepAliveMs: number
  /** The least that either side must move, on average over `rateWindowMs`, while a body is under way. */
  readonly rateWindowMs: number
  minBytesPerSecond(): number
}

/** What an operator wants to hear of. */
export type BackendEvent =
  | {
      readonly kind: 'endpoint-down'
      readonly backendId: string
      readonly endpoint: string
      readonly reason: string
    }
  | { readonly kind: 'endpoint-up'; readonly backendId: string; readonly endpoint: string }
