/**
 * One connection to a backend over plain TCP: a request goes out in one write, its answer is read in large pieces into a
 * buffer that is used again as soon as nobody needs what is in it.
 *
 * How large those pieces are depends on how fast they are taken: a client that reads a few bytes now and then is served
 * in small ones.
 */
import { connect, type Socket } from 'node:net'
import type { ReadBuffers } from '../../read-buffers.ts'
import type { BackendHeaders, Intake } from '../backends.ts'
import { ConnectionFault } from '../fault.ts'
import { AnswerParser } from './answer-parser.ts'
import type { LargeBuffers } from './large-buffers.ts'

/** What is to be sent. */
export interface PlainRequest {
  readonly method: string
  /** Head and body, ready for the wire. */
  readonly bytes: string | Buffer
  /** Milliseconds until the head of the answer must be there, and between two pieces of its body. */
  readonly headersTimeout: number
  readonly bodyTimeout: number
}

/** Takes the answer. None of them may throw. */
export interface AnswerReceiver {
  /** The request has a connection, and nothing has been sent yet: it can still be withdrawn with `abort`. */
  onRequestStart(controller: AnswerController): void
  /** Interim answers among them. */
  onResponseStart(controller: AnswerController, status: number, headers: BackendHeaders): void
  onResponseData(controller: AnswerController, chunk: Buffer): Intake
  onResponseEnd(): void
  /** Instead of any of them; nothing follows. Not after `abort`. */
  onResponseError(controller: unknown, error: Error): void
}

export interface AnswerController {
  pause(): void
  resume(): void
  /** The receiver hears nothing any more; the connection is reset. */
  abort(reason: Error): void
}

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly connectTimeoutMs: number
  readonly largeBuffers: LargeBuffers
  readonly readBuffers: ReadBuffers
  /** Milliseconds. */
  readonly now: () => number
  /** It can take a request: for the first time, or again. */
  readonly onFree: (connection: PlainConnection) => void
  /** It is gone. `error` is why no connection came about; null: it had been made. */
  readonly onGone: (connection: PlainConnection, error: Error | null) => void
}

/** A head and 64 KiB, which most answers are no longer than. */
const FIRST_BYTES = 68 * 1024
/** For the rest of a longer one, where no large buffer is to be had. */
const SMALL_BYTES = 16 * 1024
/** A piece up to this length is copied, so that whoever keeps it does not keep the whole buffer, if that is much larger. */
const COPIED_BYTES = 16 * 1024
/** Who takes longer to take what was read gets no large buffer any more. */
const SLOW_MS = 1_000

export class PlainConnection implements AnswerController {
  /** Since when it has been idle. */
  idleSince = 0
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #parser: AnswerParser
  /** Its own: for the beginning of an answer, or a small one. */
  #own: Buffer | null = null
  /** Borrowed for the rest of a long answer. */
  #large: Buffer | null = null
  /** Whoever takes the answer was seen to be slow. */
  #slow = false
  #receiver: AnswerReceiver | null = null
  #request: PlainRequest | null = null
  #state: 'connecting' | 'idle' | 'sent' | 'answering' | 'gone' = 'connecting'
  #paused = false
  /** When something was last heard or sent. */
  #activeAt: number
  #failure: Error | null = null

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#activeAt = options.now()
    this.#parser = new AnswerParser({ head: this.#onHead, data: this.#onData })
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      keepAlive: true,
      onread: { buffer: this.#readInto, callback: this.#onRead },
    })
    this.#socket.once('connect', () => {
      this.#state = 'idle'
      options.onFree(this)
    })
    this.#socket.on('error', (error) => {
      this.#failure ??= error
    })
    this.#socket.on('end', () => this.#onEnd())
    this.#socket.on('close', () => this.#onClose())
  }

  /** How long the backend says that it keeps it when idle, in milliseconds; null: it does not say. */
  get keptForMs(): number | null {
    const { keptFor } = this.#parser
    return keptFor === null ? null : keptFor * 1_000
  }

  /** False from when its end began. */
  get open(): boolean {
    return !this.#socket.destroyed
  }

  /** To be called when it is free. @returns false where the receiver did not want it any more */
  send(request: PlainRequest, receiver: AnswerReceiver): boolean {
    this.#request = request
    this.#receiver = receiver
    this.#state = 'sent'
    this.#paused = false
    this.#slow = false
    this.#activeAt = this.#options.now()
    receiver.onRequestStart(this)
    if (this.#receiver === null) return false
    this.#parser.expect(request.method)
    if (typeof request.bytes === 'string') this.#socket.write(request.bytes, 'latin1')
    else this.#socket.write(request.bytes)
    return true
  }

  /** Looks whether something has been waited for too long. */
  check(now: number): void {
    const waited = now - this.#activeAt
    const request = this.#request
    if (this.#state === 'connecting') {
      if (waited > this.#options.connectTimeoutMs) this.#fail(late('no connection within the time limit'))
    } else if (request === null || this.#paused) return
    else if (this.#state === 'sent' && waited > request.headersTimeout) {
      this.#fail(late('no answer within the time limit'))
    } else if (this.#state === 'answering' && waited > request.bodyTimeout) {
      this.#fail(late('nothing more of the answer within the time limit'))
    }
  }

  pause(): void {
    this.#paused = true
    this.#socket.pause()
  }

  resume(): void {
    if (!this.#paused) return
    const now = this.#options.now()
    if (now - this.#activeAt > SLOW_MS) this.#slow = true
    this.#paused = false
    this.#activeAt = now
    this.#socket.resume()
  }

  abort(): void {
    const withdrawn = this.#receiver !== null && this.#state === 'sent' && this.#parser.done
    this.#receiver = null
    this.#request = null
    // Nothing was sent: the connection is as good as before.
    if (withdrawn) this.#state = 'idle'
    else this.#socket.resetAndDestroy()
  }

  /** Ends it, idle as it is. */
  close(): void {
    this.#socket.destroy()
  }

  /** Called as soon as the last piece was read, however long the next one takes to come. */
  readonly #readInto = (): Buffer => {
    const answering = this.#state === 'answering'
    if (!answering || this.#slow) this.#giveBack()
    else this.#large ??= this.#options.largeBuffers.borrow()
    if (this.#large !== null) return this.#large
    const bytes = answering ? SMALL_BYTES : FIRST_BYTES
    if (this.#own?.length !== bytes) this.#own = Buffer.allocUnsafeSlow(bytes)
    return this.#own
  }

  #giveBack(): void {
    if (this.#large !== null) this.#options.largeBuffers.giveBack(this.#large)
    this.#large = null
  }

  readonly #onRead = (length: number, buffer: Uint8Array): boolean => {
    this.#activeAt = this.#options.now()
    const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, length)
    try {
      const taken = this.#receiver === null ? 0 : this.#parser.push(bytes)
      // What nobody asked for would pass for the answer to the next request.
      if (taken < length) this.#parser.keepAlive = false
      if (this.#receiver === null) this.#socket.destroy()
      else if (this.#parser.done) this.#finish(this.#receiver)
    } catch (error) {
      this.#fail(error as Error)
    }
    return !this.#paused
  }

  readonly #onHead = (status: number, headers: BackendHeaders): void => {
    if (status >= 200) this.#state = 'answering'
    this.#receiver?.onResponseStart(this, status, headers)
  }

  readonly #onData = (slice: Buffer): void => {
    if (this.#receiver === null) return
    const buffer = this.#large ?? this.#own
    const small = slice.length <= Math.min(COPIED_BYTES, (buffer?.length ?? 0) / 4)
    const intake = this.#receiver.onResponseData(this, small ? Buffer.from(slice) : slice)
    if (small || intake === 'done') return
    if (this.#large !== null) this.#large = this.#options.largeBuffers.replace()
    else {
      this.#options.readBuffers.used(this.#own?.length ?? 0)
      this.#own = null
    }
  }

  #finish(receiver: AnswerReceiver): void {
    this.#receiver = null
    this.#request = null
    if (this.#parser.keepAlive) {
      if (this.#paused) this.resume()
      this.#state = 'idle'
      this.#options.onFree(this)
    } else {
      this.#socket.destroy()
    }
    receiver.onResponseEnd()
  }

  /** The backend will say nothing more. */
  #onEnd(): void {
    // One that said that it would close, and then cut its answer short, talks nonsense.
    const kind = this.#state === 'answering' && !this.#parser.keepAlive ? 'nonsense' : 'lost'
    this.#fail(new ConnectionFault(kind, 'the backend closed the connection'))
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#socket.destroy()
  }

  #onClose(): void {
    const connecting = this.#state === 'connecting'
    this.#state = 'gone'
    this.#giveBack()
    const error = this.#failure ?? new ConnectionFault('lost', 'the connection was closed')
    const receiver = this.#receiver
    this.#receiver = null
    this.#request = null
    this.#options.onGone(this, connecting ? error : null)
    receiver?.onResponseError(this, error)
  }
}

function late(message: string): ConnectionFault {
  return new ConnectionFault('late', message)
}
