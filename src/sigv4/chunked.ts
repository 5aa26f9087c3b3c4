/**
 * The grammar of an aws-chunked body, as a synchronous state machine: wire bytes in, decoded slices out. It knows
 * nothing of signatures but where they stand.
 *
 *     chunk*   hex-size [";chunk-signature=" 64hex] CRLF data CRLF
 *     last     "0"      [";chunk-signature=" 64hex] CRLF
 *     trailer* name ":" value (CRLF | LF CRLF)          the second form is minio-go's
 *              ["x-amz-trailer-signature:" 64hex CRLF]
 *              CRLF
 *
 * Nothing is copied but a header line that may be split between two pushes, and that line has a small fixed limit.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { S3Error } from '../s3/error.ts'
import { hexDigit } from './hex.ts'

/** Which of the three envelopes. */
export type ChunkedKind = 'signed-chunks' | 'signed-chunks-trailer' | 'unsigned-trailer'

/** What the decoder reports, in the order of the wire. Any of these may throw to refuse the body. */
export interface ChunkEvents {
  /** @param signature 64 characters; '' where chunks are not signed */
  chunk(signature: string): void
  data(slice: Buffer): void
  chunkEnd(): void
  trailer(name: string, value: string): void
  trailerSignature(signature: string): void
}

/** Every signed chunk but the last has at least this many bytes. */
const SMALLEST_SIGNED_CHUNK = 8192
/** A signed chunk's data goes on before its signature is known: this bounds how much. */
const LARGEST_SIGNED_CHUNK = 16 * 1024 * 1024

/** The longest line: a trailer with a SHA-512 in base64 has 112 bytes. */
const LINE_LIMIT = 256
const SIGNATURE_PARAMETER = ';chunk-signature='
const SIGNATURE_LENGTH = 64
const TRAILER_SIGNATURE = 'x-amz-trailer-signature'

/** Optional white space of header fields (RFC 9110, section 5.6.3); of nothing else. */
const BLANKS_AROUND = /^[ \t]+|[ \t]+$/g

const CR = 0x0d
const LF = 0x0a

type State =
  | 'chunk-header'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  /** A trailer line, or the empty line that ends the body. */
  | 'trailer'
  /** The CRLF behind a trailer line that ended with LF alone. */
  | 'trailer-crlf'
  /** Behind the trailer's signature: the empty line, nothing else. */
  | 'end'
  | 'done'

export class ChunkedDecoder {
  readonly #kind: ChunkedKind
  readonly #events: ChunkEvents
  readonly #line = Buffer.allocUnsafe(LINE_LIMIT)
  #lineLength = 0
  #state: State = 'chunk-header'
  /** Bytes of the current chunk still to come. */
  #chunkLeft = 0
  /** Bytes of the object that no chunk has announced yet. */
  #unannounced: number
  #chunks = 0
  #lastSize = SMALLEST_SIGNED_CHUNK

  /** @param decodedLength what `x-amz-decoded-content-length` says */
  constructor(kind: ChunkedKind, decodedLength: number, events: ChunkEvents) {
    this.#kind = kind
    this.#unannounced = decodedLength
    this.#events = events
  }

  /** @throws S3Error for a fault in the grammar, as soon as it shows */
  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      switch (this.#state) {
        case 'data':
          at = this.#takeData(bytes, at)
          break
        case 'data-cr':
          if (bytes[at++] !== CR) throw badFraming()
          this.#state = 'data-lf'
          break
        case 'data-lf':
          if (bytes[at++] !== LF) throw badFraming()
          this.#state = 'chunk-header'
          break
        case 'done':
          throw badFraming()
        default:
          at = this.#takeLine(bytes, at)
      }
    }
  }

  /** @throws S3Error `IncompleteBody` where the body ended early, or is not as long as declared */
  end(): void {
    if (this.#state !== 'done') throw badFraming()
    if (this.#unannounced !== 0) throw new S3Error('IncompleteBody')
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#chunkLeft)
    this.#chunkLeft -= end - at
    this.#events.data(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end))
    if (this.#chunkLeft === 0) {
      this.#events.chunkEnd()
      this.#state = 'data-cr'
    }
    return end
  }

  /** Takes bytes up to and including the next LF; acts on the line once it is complete. */
  #takeLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at)
    const end = lf === -1 ? bytes.length : lf
    if (this.#lineLength + end - at > LINE_LIMIT) throw this.#badLine()
    this.#lineLength += bytes.copy(this.#line, this.#lineLength, at, end)
    if (lf === -1) return end
    const text = this.#line.toString('latin1', 0, this.#lineLength)
    this.#lineLength = 0
    this.#takeCompleteLine(text)
    return end + 1
  }

  /** @param line without its LF, but with its CR */
  #takeCompleteLine(line: string): void {
    const hasCr = line.charCodeAt(line.length - 1) === CR
    const text = hasCr ? line.slice(0, -1) : line
    switch (this.#state) {
      case 'chunk-header':
        if (!hasCr) throw badFraming()
        this.#takeChunkHeader(text)
        return
      case 'trailer-crlf':
        if (!hasCr || text !== '') throw badTrailer()
        this.#state = 'trailer'
        return
      case 'end':
        if (!hasCr || text !== '') throw this.#badLine()
        this.#state = 'done'
        return
      case 'trailer':
        if (text !== '') this.#takeTrailer(text, hasCr ? 'trailer' : 'trailer-crlf')
        else if (hasCr && this.#kind === 'unsigned-trailer') this.#state = 'done'
        else throw badTrailer()
        return
      case 'data':
      case 'data-cr':
      case 'data-lf':
      case 'done':
        throw badFraming()
    }
  }

  #takeChunkHeader(text: string): void {
    const signed = this.#kind !== 'unsigned-trailer'
    const sizeEnd = signed ? text.length - SIGNATURE_PARAMETER.length - SIGNATURE_LENGTH : text.length
    if (signed && !text.startsWith(SIGNATURE_PARAMETER, sizeEnd)) throw badFraming()
    const size = parseSize(text, sizeEnd)
    this.#chunks += 1
    if (signed) this.#checkSignedSize(size)
    if (size > this.#unannounced) throw new S3Error('IncompleteBody')
    this.#unannounced -= size
    this.#chunkLeft = size
    this.#events.chunk(signed ? text.slice(-SIGNATURE_LENGTH) : '')
    if (size > 0) {
      this.#state = 'data'
      return
    }
    this.#events.chunkEnd()
    this.#state = this.#kind === 'signed-chunks' ? 'end' : 'trailer'
  }

  #checkSignedSize(size: number): void {
    if (size > LARGEST_SIGNED_CHUNK) {
      throw badChunkSize(this.#chunks, size, `A chunk may have at most ${LARGEST_SIGNED_CHUNK} bytes`)
    }
    if (size > 0 && this.#lastSize < SMALLEST_SIGNED_CHUNK) {
      throw badChunkSize(
        this.#chunks - 1,
        this.#lastSize,
        `Only the last chunk is allowed to have a size less than ${SMALLEST_SIGNED_CHUNK} bytes`,
      )
    }
    this.#lastSize = size
  }

  #takeTrailer(text: string, next: State): void {
    const colon = text.indexOf(':')
    if (colon <= 0) throw badTrailer()
    const name = text.slice(0, colon).toLowerCase()
    const value = text.slice(colon + 1).replace(BLANKS_AROUND, '')
    if (name !== TRAILER_SIGNATURE) {
      this.#events.trailer(name, value)
      this.#state = next
      return
    }
    if (this.#kind !== 'signed-chunks-trailer' || next !== 'trailer') throw badTrailer()
    this.#events.trailerSignature(value)
    this.#state = 'end'
  }

  /** What a line that cannot be right is called where it stands. */
  #badLine(): S3Error {
    return this.#state === 'chunk-header' || this.#kind === 'signed-chunks' ? badFraming() : badTrailer()
  }
}

/** The number in `text[0, end)`: 1 to 13 hex digits, so that it is exact. */
function parseSize(text: string, end: number): number {
  if (end < 1 || end > 13) throw badFraming()
  let size = 0
  for (let i = 0; i < end; i++) {
    const digit = hexDigit(text.charCodeAt(i))
    if (digit === -1) throw badFraming()
    size = size * 16 + digit
  }
  return size
}

function badFraming(): S3Error {
  return new S3Error('IncompleteBody', { message: 'The request body terminated unexpectedly' })
}

function badTrailer(): S3Error {
  return new S3Error('MalformedTrailerError')
}

function badChunkSize(chunk: number, size: number, message: string): S3Error {
  return new S3Error('InvalidChunkSizeError', {
    message,
    elements: [
      ['Chunk', String(chunk)],
      ['BadChunkSize', String(size)],
    ],
  })
}
