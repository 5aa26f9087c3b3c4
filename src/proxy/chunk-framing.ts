/**
 * A second look at `Transfer-Encoding: chunked`. Node's parser lets chunk extensions, HTTP trailers and sizes with
 * leading zeros through without telling; two implementations may read those in two ways, so that the edge refuses them.
 *
 * RFC 9112, section 7.1. What is accepted: `1*8HEXDIG CRLF data CRLF … 0 CRLF CRLF`.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

const CR = 0x0d
const LF = 0x0a
const MAX_SIZE_DIGITS = 8

type State = 'size' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'end-cr' | 'end-lf' | 'done'

/** Follows one chunked body byte by byte, skipping over the data. */
export class ChunkFraming {
  #state: State = 'size'
  #digits = 0
  #size = 0

  /** The final chunk has been read to its end. */
  get done(): boolean {
    return this.#state === 'done'
  }

  /** @returns false where the bytes are not plain chunked framing; bytes behind the final chunk are not looked at */
  push(bytes: Buffer): boolean {
    let i = 0
    while (i < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const skipped = Math.min(this.#size, bytes.length - i)
        this.#size -= skipped
        i += skipped
        if (this.#size === 0) this.#state = 'data-cr'
        continue
      }
      if (!this.#step(bytes[i] as number)) return false
      i += 1
    }
    return true
  }

  #step(byte: number): boolean {
    switch (this.#state) {
      case 'size':
        return byte === CR ? this.#endSize() : this.#digit(byte)
      case 'size-lf':
        this.#state = this.#size === 0 ? 'end-cr' : 'data'
        return byte === LF
      case 'data-cr':
        this.#state = 'data-lf'
        return byte === CR
      case 'data-lf':
        this.#state = 'size'
        this.#digits = 0
        return byte === LF
      case 'end-cr':
        this.#state = 'end-lf'
        return byte === CR
      case 'end-lf':
        this.#state = 'done'
        return byte === LF
      case 'data':
      case 'done':
        return true
    }
  }

  #endSize(): boolean {
    this.#state = 'size-lf'
    return this.#digits > 0
  }

  #digit(byte: number): boolean {
    const value = hexValue(byte)
    if (value === -1 || this.#digits === MAX_SIZE_DIGITS) return false
    this.#size = this.#digits === 0 ? value : this.#size * 16 + value
    this.#digits += 1
    return true
  }
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

/** Node's parser of a connection; not in its types. The buffer is the piece being parsed at this moment. */
interface ParserOfSocket {
  readonly parser?: { getCurrentBuffer?(): Buffer | undefined }
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** The latest request of each connection. */
const latest = new WeakMap<Socket, IncomingMessage>()

/**
 * Notes a request, and says whether what came before it on its connection had ended before the piece came that is being
 * parsed at this moment: only then does that piece hold nothing but this request. To be called for every request, while
 * its event is being emitted.
 */
export function beginsItsPiece(incoming: IncomingMessage): boolean {
  const earlier = latest.get(incoming.socket)
  latest.set(incoming.socket, incoming)
  // Never true within the piece in which the earlier one ends: streams end on a later tick.
  return earlier === undefined || earlier.readableEnded
}

/**
 * Watches the framing of a request's chunked body: of what came in one piece with its headers at once, of the rest as
 * it arrives, before Node's parser gets it. To be called while the request event is being emitted, and only where
 * {@link beginsItsPiece}: a chunked request that was pipelined behind another one in one piece is to be refused; no
 * client does that.
 *
 * @returns false where what is there already is not plain, or cannot be looked at
 */
export function watchChunkFraming(incoming: IncomingMessage, onFault: () => void): boolean {
  const socket: Socket & ParserOfSocket = incoming.socket
  const piece = socket.parser?.getCurrentBuffer?.()
  const body = piece === undefined ? undefined : bodyIn(piece)
  const framing = new ChunkFraming()
  if (body === undefined || !framing.push(body)) return false
  if (framing.done) return true
  const watch = (bytes: Buffer): void => {
    const plain = framing.push(bytes)
    if (!plain || framing.done) socket.off('data', watch)
    if (!plain) onFault()
  }
  socket.prependListener('data', watch)
  incoming.once('close', () => socket.off('data', watch))
  return true
}

/**
 * What follows the headers in the piece in which they end. They may have begun in an earlier one, and even the line ends
 * that close them may have been cut in two.
 *
 * @returns undefined: they do not end here
 */
export function bodyIn(piece: Buffer): Buffer | undefined {
  // The end of a line or of the headers: what stands behind it tells. Neither a size nor an extension is a field name.
  for (const lineEnd of ['\r\n', '\n']) {
    if (!piece.subarray(0, lineEnd.length).equals(Buffer.from(lineEnd))) continue
    const rest = piece.subarray(lineEnd.length)
    if (rest[0] !== CR && !beginsWithField(rest)) return rest
  }
  if (piece.subarray(0, 3).equals(HEAD_END.subarray(1))) return piece.subarray(3)
  const headEnd = piece.indexOf(HEAD_END)
  return headEnd === -1 ? undefined : piece.subarray(headEnd + HEAD_END.length)
}

/** Whether a header field begins here: a name and its colon. */
function beginsWithField(bytes: Buffer): boolean {
  const colon = bytes.indexOf(0x3a)
  return colon > 0 && bytes.subarray(0, colon).every(isToken)
}

/** Characters of a field name (RFC 9110, section 5.6.2). */
function isToken(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !'"(),/:;<=>?@[\\]{}'.includes(String.fromCharCode(byte))
}
