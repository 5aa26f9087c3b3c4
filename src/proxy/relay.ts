/**
 * A backend's answer on its way to the client: allow-listed headers, our own request id, the body as fast as the client
 * takes it. What fails before the first byte is thrown for the one place where errors are rendered; what fails after it
 * tears the connection down, so that a cut body never looks whole.
 */
import { S3Error } from '../s3/error.ts'
import { renderError } from '../s3/xml-error.ts'
import { XML_DECLARATION } from '../s3/xml-writer.ts'
import { MAX_ERROR_BYTES, readBackendError, readLateError } from './backend/backend-error.ts'
import type {
  BackendHeaders,
  BackendRequest,
  Backends,
  Exchange,
  Intake,
  ResponseHandler,
} from './backend/index.ts'
import type { ReceivedRequest } from './edge.ts'
import { closeUnlessTaken, hostId } from './reply.ts'
import { clientHeaders } from './response-headers.ts'

export interface Relay {
  readonly backends: Backends
  readonly request: BackendRequest
  /** The client's request, whose response is written and whose journal is kept. */
  readonly received: ReceivedRequest
  readonly body: RelayedBody
}

/**
 * `through`: bytes as they come. `document`: an XML document that is read whole, up to a bound, and sent as `rewrite`
 * makes it; white space before it goes through at once, and an `<Error>` in the place of it is told as one.
 */
export type RelayedBody =
  | { readonly kind: 'through' }
  | { readonly kind: 'document'; readonly rewrite: (document: string) => string }

/** ListObjectVersions of 1,000 keys of 1,024 bytes, each byte escaped, has 7 MiB. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024

/**
 * Sends the request and relays the answer.
 *
 * @returns resolves when the answer is written, or the client is gone
 * @throws S3Error for what the backend refused, and for what failed; the answer may have begun by then
 */
export function relay(options: Relay): Promise<void> {
  return new Promise((resolve, reject) => {
    new ClientRelay(options, resolve, reject).start()
  })
}

/** Longer white space is nobody's sign of life: 12 hours of it, a byte a second, are less. */
const MAX_PROLOG_BYTES = 64 * 1024

/** A body up to this length goes out together with the head. */
const JOINED_BYTES = 4 * 1024

/** What becomes of the body: nothing known yet; bytes that go through; a document; an error document. */
type Mode = 'undecided' | 'through' | 'document' | 'error'

class ClientRelay implements ResponseHandler {
  readonly #options: Relay
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void
  #exchange: Exchange | null = null
  #mode: Mode = 'undecided'
  #settled = false
  #status = 0
  #headers: BackendHeaders = {}
  /** Pieces that wait: of a document, or the only piece of a short body, to be written together with the head. */
  #pieces: Buffer[] = []
  #gathered = 0

  constructor(options: Relay, resolve: () => void, reject: (error: unknown) => void) {
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    const { backends, request, received } = this.#options
    received.response.once('close', this.#onClientClose)
    received.response.on('drain', this.#onClientDrain)
    if (received.response.destroyed) {
      this.#onClientClose()
      return
    }
    const exchange = backends.send(request, this)
    if (!this.#settled) this.#exchange = exchange
  }

  onHeaders(status: number, headers: BackendHeaders): void {
    this.#status = status
    this.#headers = headers
    const { body, request } = this.#options
    if (status >= 400) this.#mode = 'error'
    // An answer that may take minutes can begin as a success and turn out an error.
    else if (body.kind === 'document' || request.patience === 'minutes') this.#mode = 'document'
    else this.#mode = 'through'
  }

  onData(chunk: Buffer): Intake {
    return this.#mode === 'through' ? this.#passOn(chunk) : this.#gather(chunk)
  }

  onEnd(): void {
    switch (this.#mode) {
      case 'through':
        this.#endThrough()
        break
      case 'document':
        this.#endDocument(this.#options.body)
        break
      case 'undecided':
      case 'error':
        this.#fail(
          readBackendError(
            {
              status: this.#status,
              headers: this.#headers,
              body: Buffer.concat(this.#pieces),
            },
            this.#options.request.headers,
          ),
        )
        break
    }
  }

  onError(error: S3Error): void {
    this.#fail(error)
  }

  /** A short body that is all in one piece waits for its end, which comes at once, and goes out in one write. */
  #passOn(chunk: Buffer): Intake {
    const { response, journal } = this.#options.received
    journal.bytes_out += chunk.length
    if (!response.headersSent) {
      if (chunk.length <= JOINED_BYTES && this.#headers['content-length'] === String(chunk.length)) {
        this.#pieces.push(chunk)
        return 'kept'
      }
      this.#writeHead(this.#bodyLength())
    }
    response.write(chunk)
    // Node would hold it back until the next tick, and the memory that it is in.
    response.socket?.uncork()
    if (response.writableLength === 0) return 'done'
    return response.writableNeedDrain ? 'full' : 'kept'
  }

  #endThrough(): void {
    const { response } = this.#options.received
    if (!response.headersSent) this.#writeHead(this.#bodyLength())
    // As text it goes out in one buffer with the head instead of two.
    const piece = this.#pieces[0]
    if (piece === undefined) response.end()
    else response.end(piece.toString('latin1'), 'latin1')
    closeUnlessTaken(response)
    this.#done()
  }

  /** A status that has no body has no length either. */
  #bodyLength(): 'kept' | 'dropped' {
    return this.#status === 204 || this.#status === 304 ? 'dropped' : 'kept'
  }

  #gather(chunk: Buffer): Intake {
    this.#pieces.push(chunk)
    this.#gathered += chunk.length
    if (this.#mode === 'error') {
      if (this.#gathered > MAX_ERROR_BYTES) this.#giveUp('answered with an overlong error')
    } else if (this.#gathered > MAX_DOCUMENT_BYTES) {
      this.#giveUp('answered with an overlong document')
    } else if (
      this.#gathered <= MAX_PROLOG_BYTES &&
      isProlog(Buffer.concat(this.#pieces).toString('latin1'))
    ) {
      this.#keepAlive()
    }
    return 'kept'
  }

  /** The backend works and says so by sending white space: the client is told the same. */
  #keepAlive(): void {
    const { response, journal } = this.#options.received
    const text = response.headersSent ? ' ' : XML_DECLARATION
    if (!response.headersSent) this.#writeHead('dropped')
    journal.bytes_out += text.length
    response.write(text)
  }

  #endDocument(body: RelayedBody): void {
    const text = Buffer.concat(this.#pieces).toString('utf8')
    const root = rootOf(text)
    if (root === 'Error') {
      this.#endWithError(readLateError(text))
      return
    }
    if (root === undefined) {
      this.#giveUp('answered without the document that belongs there')
      return
    }
    let document: string
    try {
      document = body.kind === 'document' ? body.rewrite(text) : text
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#endWith(document)
  }

  /** Too late for a status: the error goes where the document would have been, which SDKs look for. */
  #endWithError(error: S3Error): void {
    const { response, journal, id } = this.#options.received
    if (!response.headersSent) {
      this.#fail(error)
      return
    }
    journal.code = error.code
    journal.fault = error.source
    journal.reason = error.reason ?? error.message
    this.#endWith(renderError(error, { resource: '', requestId: id, hostId: hostId(id) }))
  }

  #endWith(document: string): void {
    const { response, journal } = this.#options.received
    const bytes = Buffer.from(response.headersSent ? withoutProlog(document) : document, 'utf8')
    journal.bytes_out += bytes.length
    if (!response.headersSent) this.#writeHead(bytes.length)
    response.end(bytes)
    closeUnlessTaken(response)
    this.#done()
  }

  #writeHead(length: 'kept' | 'dropped' | number): void {
    const { id, response, journal } = this.#options.received
    const list = clientHeaders(this.#headers, length === 'kept' ? 'kept' : 'dropped')
    list.push('x-amz-request-id', id, 'x-amz-id-2', hostId(id))
    if (typeof length === 'number') list.push('Content-Length', String(length))
    journal.status = this.#status
    response.writeHead(this.#status, list)
  }

  #giveUp(reason: string): void {
    this.#exchange?.abort()
    this.#fail(new S3Error('BadGateway', { source: 'backend', reason: `backend ${reason}` }))
  }

  readonly #onClientDrain = (): void => this.#exchange?.resume()

  readonly #onClientClose = (): void => {
    if (this.#settled) return
    const { journal } = this.#options.received
    this.#exchange?.abort()
    journal.fault = 'client'
    journal.reason = 'the client closed the connection'
    this.#done()
  }

  #fail(error: unknown): void {
    if (this.#settle()) this.#reject(error)
  }

  #done(): void {
    if (this.#settle()) this.#resolve()
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    const { received, request } = this.#options
    received.response.off('close', this.#onClientClose)
    received.response.off('drain', this.#onClientDrain)
    if (request.body.kind === 'stream') received.journal.bytes_in = request.body.upload.received
    if (this.#exchange !== null) received.journal.backend_ms = this.#exchange.headersAfterMs
    return true
  }
}

/** True while there is nothing but what may come before a document's first element. */
function isProlog(text: string): boolean {
  return /^\s*(<\?xml[^>]*\?>\s*)?$/.test(text)
}

function rootOf(text: string): string | undefined {
  return /<([A-Za-z][\w.:-]*)/.exec(text)?.[1]
}

function withoutProlog(document: string): string {
  return document.slice(document.search(/<[A-Za-z]/))
}
