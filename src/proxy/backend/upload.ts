/**
 * A body on its way from a client to a backend: decoded and verified as it arrives, pulled only as fast as the backend
 * takes it, and never let go whole before it has proved to be what was signed.
 *
 * INVARIANT: the last slice goes out after the decoder has accepted the end of the body and `beforeLastPiece` has
 * returned. Until then the backend has fewer bytes than the `Content-Length` it was told, so that whatever goes wrong,
 * tearing the request down leaves no object behind.
 */
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { StoreUnavailable } from '../../iam/reader.ts'
import { S3Error } from '../../s3/error.ts'
import type { HeaderList } from '../../s3/headers.ts'
import type { LengthIs } from '../../sigv4/body-expectation.ts'
import type { ChecksumAlgorithm } from '../../sigv4/checksum.ts'
import type { ReadBuffers } from '../read-buffers.ts'
import { TrailerFraming } from './trailer.ts'

/**
 * Turns what came over the wire into the object's bytes. Synchronous, no copies: slices are valid for as long as the
 * receiver keeps them.
 */
export interface BodyDecoder {
  /** @throws S3Error on the first fault: bad framing, a bad chunk signature, too many bytes */
  push(chunk: Buffer): void
  /** The wire has ended. @throws S3Error where the body is short, or is not what its hashes say */
  end(): { readonly checksums: HeaderList }
}

export interface UploadOptions {
  /** The client's request; nobody else reads it. */
  readonly source: IncomingMessage
  /** Length of the decoded body: the `Content-Length` towards the backend. */
  readonly length: number
  /** `at-most`: it may turn out shorter, and is held until it is whole. */
  readonly lengthIs: LengthIs
  /** Makes the decoder, which hands every decoded slice to `emit`. */
  readonly decoder: (emit: (slice: Buffer) => void) => BodyDecoder
  /** A checksum that comes behind the body and that the backend is to have; null: none, or it cannot take one. */
  readonly trailer: ChecksumAlgorithm | null
  /** Runs when the body is verified and its last piece is about to go out. @throws S3Error or StoreUnavailable to stop it */
  readonly beforeLastPiece: () => void
  /** What the client sends takes memory. */
  readonly readBuffers: ReadBuffers
}

/** Takes the body. Exactly one of `whole` and `stream` is called, unless `fault` comes first; `fault` may follow `stream`. */
export interface UploadReceiver {
  /**
   * The body is short: it is all there, and verified.
   * @param checksums those that came behind it and that the backend is to have
   */
  whole(bytes: Buffer, checksums: HeaderList): void
  /**
   * The body is long: it comes out of this stream.
   * @param framing how it is wrapped; null: as it is
   */
  stream(body: Readable, framing: TrailerFraming | null): void
  /** It must not be committed: the client is gone, or what it sent is not what it signed. */
  fault(error: S3Error): void
}

/** What the upload waits for. */
export type UploadState = 'client' | 'backend' | 'done'

export interface Upload {
  readonly length: number
  /** Bytes that came over the wire so far. */
  readonly received: number
  readonly state: UploadState
  /** Starts to read the client. */
  begin(receiver: UploadReceiver): void
  /** Stops: the rest of what the client sends is discarded. The receiver hears nothing any more. */
  abort(): void
}

/** A body up to this length is sent in one piece with its headers, once it is all there. */
const WHOLE_BYTES = 16 * 1024

export function createUpload(options: UploadOptions): Upload {
  return new ClientUpload(options)
}

class ClientUpload implements Upload {
  readonly length: number
  received = 0
  state: UploadState = 'client'
  readonly #source: IncomingMessage
  readonly #decoder: BodyDecoder
  readonly #beforeLastPiece: () => void
  readonly #trailer: ChecksumAlgorithm | null
  readonly #readBuffers: ReadBuffers
  readonly #wholeBytes: number
  readonly #lengthIs: LengthIs
  #receiver: UploadReceiver | null = null
  /** Decoded and not yet let go. The last of them stays until the body is verified. */
  #held: Buffer[] = []
  #heldBytes = 0
  #releasedBytes = 0
  /** Null: nothing was let go yet. */
  #body: Readable | null = null
  #framing: TrailerFraming | null = null

  constructor(options: UploadOptions) {
    this.length = options.length
    this.#source = options.source
    this.#decoder = options.decoder(this.#hold)
    this.#beforeLastPiece = options.beforeLastPiece
    this.#trailer = options.trailer
    this.#readBuffers = options.readBuffers
    this.#wholeBytes = options.lengthIs === 'exactly' ? WHOLE_BYTES : Number.POSITIVE_INFINITY
    this.#lengthIs = options.lengthIs
  }

  begin(receiver: UploadReceiver): void {
    this.#receiver = receiver
    const source = this.#source
    source.on('data', this.#onData)
    source.on('end', this.#onEnd)
    source.on('error', this.#onGone)
    source.on('close', this.#onGone)
    // Whoever read the head of a form left it paused.
    source.resume()
    if (source.destroyed) this.#onGone()
  }

  abort(): void {
    this.#receiver = null
    this.#detach()
  }

  readonly #hold = (slice: Buffer): void => {
    if (slice.length === 0) return
    this.#held.push(slice)
    this.#heldBytes += slice.length
  }

  readonly #onData = (chunk: Buffer): void => {
    this.received += chunk.length
    this.#readBuffers.used(chunk.length)
    try {
      this.#decoder.push(chunk)
      if (this.#releasedBytes + this.#heldBytes > this.length) {
        throw new S3Error('IncompleteBody', { reason: 'the body is longer than was announced' })
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    if (this.#held.length > 1 && (this.#body !== null || this.#heldBytes > this.#wholeBytes)) this.#release()
  }

  /** Lets go all slices but the last. */
  #release(): void {
    const body = this.#body ?? this.#open()
    const last = this.#held.pop() as Buffer
    for (const slice of this.#held) {
      this.#releasedBytes += slice.length
      this.#letGo(body, slice)
    }
    this.#held = [last]
    this.#heldBytes = last.length
    if (body.readableLength >= body.readableHighWaterMark) {
      this.state = 'backend'
      this.#source.pause()
    }
  }

  #open(): Readable {
    const body = new Readable({
      read: () => {
        if (this.state !== 'backend') return
        this.state = 'client'
        this.#source.resume()
      },
    })
    // It ends with an error where the connection breaks, which the exchange hears of by itself.
    body.on('error', () => {})
    this.#body = body
    if (this.#trailer !== null) this.#framing = new TrailerFraming(this.#trailer, this.length)
    this.#receiver?.stream(body, this.#framing)
    return body
  }

  #letGo(body: Readable, slice: Buffer): void {
    if (this.#framing === null) body.push(slice)
    else this.#framing.frame(slice, (piece) => body.push(piece))
  }

  readonly #onEnd = (): void => {
    let checksums: HeaderList
    let ending: Buffer | null
    try {
      checksums = this.#decoder.end().checksums
      if (this.#lengthIs === 'exactly' && this.#releasedBytes + this.#heldBytes !== this.length) {
        throw new S3Error('IncompleteBody', { reason: 'the body is shorter than was announced' })
      }
      ending = this.#framing?.end(checksums) ?? null
      this.#beforeLastPiece()
    } catch (error) {
      this.#fail(error)
      return
    }
    const receiver = this.#receiver
    const held = this.#held
    this.#detach()
    if (this.#body === null) {
      const bytes = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held)
      receiver?.whole(bytes, this.#trailer === null ? [] : checksums)
      return
    }
    for (const slice of held) this.#letGo(this.#body, slice)
    if (ending !== null) this.#body.push(ending)
    this.#body.push(null)
  }

  readonly #onGone = (): void => {
    this.#fail(new S3Error('IncompleteBody', { reason: 'the client closed the connection inside the body' }))
  }

  #fail(error: unknown): void {
    const receiver = this.#receiver
    this.#receiver = null
    this.#detach()
    receiver?.fault(faultOf(error))
  }

  /** Lets go of the client's request, which from now on discards what arrives. */
  #detach(): void {
    if (this.state === 'done') return
    this.state = 'done'
    const source = this.#source
    source.off('data', this.#onData)
    source.off('end', this.#onEnd)
    source.off('error', this.#onGone)
    source.off('close', this.#onGone)
    this.#held = []
    // A later reset of the client's connection is no news.
    source.on('error', () => {})
    if (!source.readableEnded) source.resume()
  }
}

function faultOf(error: unknown): S3Error {
  if (error instanceof S3Error) return error
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new S3Error(error instanceof StoreUnavailable ? 'ServiceUnavailable' : 'InternalError', {
    reason,
    cause: error,
  })
}
