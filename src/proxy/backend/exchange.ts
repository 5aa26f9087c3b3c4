/**
 * The life of one request to a backend: body gathered, endpoint picked, request signed and sent, answer checked and
 * handed on; once more where that cannot do harm; torn down by whatever goes wrong on either side.
 *
 * INVARIANT: the handler hears `onEnd` only where the answer is provably whole, and exactly one of `onEnd` and `onError`,
 * unless the exchange was aborted.
 */
import type { Readable } from 'node:stream'
import { S3Error } from '../../s3/error.ts'
import type { HeaderList } from '../../s3/headers.ts'
import type { RequestSigner } from '../../sigv4/request-signer.ts'
import type { Placed } from '../live.ts'
import type {
  BackendHeaders,
  BackendRequest,
  BackendSettings,
  Exchange,
  Intake,
  ResponseHandler,
} from './backends.ts'
import type { Cluster } from './cluster.ts'
import type { Endpoint } from './endpoint.ts'
import { backendFault, describe, type FaultKind, faultKind } from './fault.ts'
import { createPace, type Pace } from './pace.ts'
import type { AnswerController, AnswerReceiver } from './plain/connection.ts'
import type { TrailerFraming } from './trailer.ts'
import type { Upload, UploadReceiver } from './upload.ts'
import { framedBody, NO_BODY, signedBody, verifiedBody, type WireBody, wireRequest } from './wire.ts'

export interface ExchangeContext {
  readonly cluster: Cluster
  readonly signer: RequestSigner
  readonly settings: BackendSettings
  readonly now: () => number
  /** The exchange is over. */
  readonly onOver: (exchange: BackendExchange) => void
}

/**
 * `gathering`: the body comes in, nothing is sent. `waiting`: for a connection. `sent`: the request is under way, or all
 * sent. `answering`: headers came.
 */
type Phase = 'gathering' | 'waiting' | 'sent' | 'answering' | 'over'

/** A connection that broke before an answer came is tried once more, for requests that change nothing. */
const RESENDS = 1

export class BackendExchange implements Exchange, AnswerReceiver, UploadReceiver, Placed {
  headersAfterMs = -1
  place = -1
  readonly #request: BackendRequest
  readonly #handler: ResponseHandler
  readonly #context: ExchangeContext
  readonly #upload: Upload | null
  #phase: Phase = 'gathering'
  #body: WireBody = NO_BODY
  #endpoint: Endpoint | null = null
  #unreachable: Endpoint[] = []
  #resends = 0
  #controller: AnswerController | null = null
  #handedOverAt = 0
  #receivedBytes = 0
  #pausedByClient = false
  readonly #pace: Pace

  constructor(request: BackendRequest, handler: ResponseHandler, context: ExchangeContext) {
    this.#request = request
    this.#handler = handler
    this.#context = context
    this.#upload = request.body.kind === 'stream' ? request.body.upload : null
    this.#pace = createPace(context.settings, context.now())
  }

  start(): void {
    const { body } = this.#request
    switch (body.kind) {
      case 'none':
        this.#dispatch()
        break
      case 'bytes':
        this.#body = signedBody(body.bytes)
        this.#dispatch()
        break
      case 'stream':
        body.upload.begin(this)
        break
    }
  }

  resume(): void {
    if (this.#phase !== 'answering') return
    this.#pausedByClient = false
    this.#controller?.resume()
  }

  abort(): void {
    if (this.#phase !== 'over') this.#finish('gave up')
  }

  // The upload's side.

  whole(bytes: Buffer, checksums: HeaderList): void {
    this.#body = verifiedBody(bytes, bytes.length, checksums)
    this.#dispatch()
  }

  stream(body: Readable, framing: TrailerFraming | null): void {
    this.#body =
      framing === null ? verifiedBody(body, this.#upload?.length ?? 0, []) : framedBody(body, framing)
    this.#dispatch()
  }

  fault(error: S3Error): void {
    this.#fail(error)
  }

  // The connection's side: undici's, or a plain one's.

  onRequestStart(controller: AnswerController): void {
    if (this.#phase === 'over') {
      controller.abort(new Error('nobody waits for it any more'))
      return
    }
    this.#controller = controller
    this.#phase = 'sent'
  }

  onResponseStart(_controller: AnswerController, status: number, headers: BackendHeaders): void {
    if (status < 200 || this.#phase !== 'sent') return
    const nonsense = this.#nonsense(status, headers)
    this.#endpoint?.answered()
    if (nonsense !== null) {
      this.#fail(backendFault('nonsense', nonsense))
      return
    }
    this.#phase = 'answering'
    this.headersAfterMs = this.#context.now() - this.#handedOverAt
    this.#pace.restart(this.#context.now())
    this.#handler.onHeaders(status, headers)
  }

  onResponseData(controller: AnswerController, chunk: Buffer): Intake {
    if (this.#phase !== 'answering') return 'done'
    this.#receivedBytes += chunk.length
    const intake = this.#handler.onData(chunk)
    if (intake === 'full') {
      this.#pausedByClient = true
      controller.pause()
    }
    return intake
  }

  onResponseEnd(): void {
    if (this.#phase !== 'answering') return
    this.#phase = 'over'
    // An error may come before the body is all sent: the rest is not wanted.
    this.#upload?.abort()
    this.#context.onOver(this)
    this.#handler.onEnd()
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#phase === 'over') return
    const kind = faultKind(error, this.#phase === 'sent' || this.#phase === 'answering')
    this.#blame(kind, error)
    if (this.#mayResend(kind)) this.#dispatch()
    else this.#fail(backendFault(kind, describe(error), error))
  }

  /** Looks whether it still makes progress; called about once a second. */
  check(now: number): void {
    switch (this.#phase) {
      case 'gathering':
      case 'sent':
        if (this.#upload === null || this.#upload.state === 'done') return
        if (this.#pace.tooSlow(now, this.#upload.received)) this.#fail(this.#slowUpload(this.#upload))
        return
      case 'waiting':
        if (now - this.#handedOverAt > this.#context.settings.answerTimeoutMs) {
          this.#fail(backendFault('late', 'no connection became free'))
        }
        return
      case 'answering':
        this.#checkAnswer(now)
        return
      case 'over':
        return
    }
  }

  /** An answer that may take minutes trickles white space while the backend works: it has a limit of time instead. */
  #checkAnswer(now: number): void {
    if (this.#request.patience === 'minutes') {
      if (now - this.#handedOverAt > this.#context.settings.slowAnswerTimeoutMs) {
        this.#fail(backendFault('late', 'did not come to an end'))
      }
    } else if (this.#pace.tooSlow(now, this.#receivedBytes)) {
      this.#fail(this.#slowDownload())
    }
  }

  #dispatch(): void {
    const { cluster, signer, settings, now } = this.#context
    const endpoint = cluster.pick(this.#unreachable)
    if (endpoint === undefined) {
      this.#fail(backendFault('unreachable', 'no endpoint is left to try'))
      return
    }
    this.#endpoint = endpoint
    this.#phase = 'waiting'
    this.#handedOverAt = now()
    const wire = wireRequest(this.#request, endpoint, this.#body, signer, {
      headersTimeout:
        this.#request.patience === 'minutes' ? settings.slowAnswerTimeoutMs : settings.answerTimeoutMs,
      bodyTimeout: settings.bodyTimeoutMs,
    })
    endpoint.dispatch(wire, this)
  }

  #blame(kind: FaultKind, error: Error): void {
    switch (kind) {
      case 'unreachable':
        this.#endpoint?.unreachable(describe(error))
        break
      case 'late':
        if (this.#phase === 'waiting') this.#endpoint?.unreachable(describe(error))
        else this.#endpoint?.lost(describe(error))
        break
      case 'lost':
      case 'nonsense':
        this.#endpoint?.lost(describe(error))
        break
      case 'gate':
        break
    }
  }

  /** Nothing was sent: any other endpoint will do. The connection broke: once more, if that cannot change anything. */
  #mayResend(kind: FaultKind): boolean {
    if (this.#phase === 'waiting' && kind !== 'gate' && this.#endpoint !== null) {
      this.#unreachable = [...this.#unreachable, this.#endpoint]
      return this.#context.cluster.endpoints.length > this.#unreachable.length
    }
    if (this.#phase !== 'sent' || kind !== 'lost' || this.#resends >= RESENDS) return false
    if (this.#request.method !== 'GET' && this.#request.method !== 'HEAD') return false
    this.#resends += 1
    return true
  }

  /** What about the head of an answer cannot be accepted. */
  #nonsense(status: number, headers: BackendHeaders): string | null {
    if (status < 300 && this.#upload !== null && this.#upload.state !== 'done') {
      return `answered ${status} before the body was sent`
    }
    if (status >= 300 && status < 400 && status !== 304) return `redirected with ${status}`
    const bodiless = this.#request.method === 'HEAD' || status === 204 || status === 304
    return bodiless || isFramed(headers) ? null : 'sent a body whose end cannot be told from a cut'
  }

  #slowUpload(upload: Upload): S3Error {
    return upload.state === 'backend'
      ? backendFault('late', 'takes the body too slowly')
      : new S3Error('RequestTimeout', { reason: 'the client sends its body too slowly' })
  }

  #slowDownload(): S3Error {
    return this.#pausedByClient
      ? new S3Error('RequestTimeout', { reason: 'the client reads too slowly' })
      : backendFault('late', 'sends its answer too slowly')
  }

  #fail(error: S3Error): void {
    if (this.#phase === 'over') return
    this.#finish(error.message)
    this.#handler.onError(error)
  }

  #finish(reason: string): void {
    this.#phase = 'over'
    this.#upload?.abort()
    this.#context.onOver(this)
    this.#controller?.abort(new Error(reason))
  }
}

/** True where the answer's own framing tells whether it is whole. */
function isFramed(headers: BackendHeaders): boolean {
  const coding = headers['transfer-encoding']
  if (coding !== undefined) return typeof coding === 'string' && coding.toLowerCase() === 'chunked'
  return headers['content-length'] !== undefined
}
