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

/**
 * Watches the framing of a request's chunked body: of what came in one piece with its headers at once, of the rest as
 * it arrives, before Node's parser gets it. To be called while the request event is being emitted.
 *
 * A chunked request that was pipelined behind another one in one piece is refused with them: no client does that.
 *
 * @returns false where what is there already is not plain, or cannot be looked at
 */
export function watchChunkFraming(incoming: IncomingMessage, onFault: () => void): boolean {
  const socket: Socket & ParserOfSocket = incoming.socket
  const piece = socket.parser?.getCurrentBuffer?.()
  if (piece === undefined) return false
  const headEnd = piece.indexOf(HEAD_END)
  const framing = new ChunkFraming()
  // The headers' last line end may itself have come in two pieces: then nothing of the body is here yet.
  const body = headEnd === -1 ? tailAfterHead(piece) : piece.subarray(headEnd + HEAD_END.length)
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

/** What follows the headers where only the end of `CRLF CRLF` lies in this piece; undefined: it does not lie here. */
function tailAfterHead(piece: Buffer): Buffer | undefined {
  for (const length of [3, 2, 1]) {
    if (piece.subarray(0, length).equals(HEAD_END.subarray(HEAD_END.length - length)))
      return piece.subarray(length)
  }
  return undefined
}
