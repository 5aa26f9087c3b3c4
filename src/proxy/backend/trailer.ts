/**
 * A checksum that the client sent behind the body, sent behind the body again: aws-chunked without signatures, in chunks
 * of one size, so that the length is known beforehand.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html (STREAMING-UNSIGNED-PAYLOAD-TRAILER)
 */
import { S3Error } from '../../s3/error.ts'
import type { HeaderList } from '../../s3/headers.ts'
import { CHECKSUM_LENGTH, type ChecksumAlgorithm } from '../../sigv4/checksum.ts'
import { checksumHeaderName } from '../../sigv4/checksum-headers.ts'

export const STREAMING_PAYLOAD = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'

const CHUNK_BYTES = 1024 * 1024
const CRLF = Buffer.from('\r\n')

export class TrailerFraming {
  /** Of all of it: chunks, their framing and the trailer. */
  readonly wireLength: number
  /** What the request's headers must say about it. */
  readonly headers: HeaderList
  readonly #name: string
  /** Bytes of the body whose chunk has not begun. */
  #unframed: number
  #leftInChunk = 0

  /** @param length of the body itself, in bytes; not 0 */
  constructor(algorithm: ChecksumAlgorithm, length: number) {
    this.#name = checksumHeaderName(algorithm)
    this.#unframed = length
    this.wireLength = framedLength(length) + trailerLength(algorithm)
    this.headers = [
      ['x-amz-decoded-content-length', String(length)],
      ['x-amz-trailer', this.#name],
    ]
  }

  /** Frames the next slice of the body. */
  frame(slice: Buffer, emit: (piece: Buffer) => void): void {
    let rest = slice
    while (rest.length > 0) {
      if (this.#leftInChunk === 0) emit(this.#beginChunk())
      const piece = rest.subarray(0, this.#leftInChunk)
      emit(piece)
      this.#leftInChunk -= piece.length
      if (this.#leftInChunk === 0) emit(CRLF)
      rest = rest.subarray(piece.length)
    }
  }

  /**
   * What follows the last chunk.
   * @throws S3Error `MalformedTrailerError` where the checksum that was announced did not come
   */
  end(checksums: HeaderList): Buffer {
    const value = checksums.find(([name]) => name === this.#name)?.[1]
    if (value === undefined) throw new S3Error('MalformedTrailerError')
    return Buffer.from(`0\r\n${this.#name}:${value}\r\n\r\n`)
  }

  #beginChunk(): Buffer {
    this.#leftInChunk = Math.min(CHUNK_BYTES, this.#unframed)
    this.#unframed -= this.#leftInChunk
    return Buffer.from(`${this.#leftInChunk.toString(16)}\r\n`)
  }
}

function framedLength(length: number): number {
  const last = length % CHUNK_BYTES
  const full = (length - last) / CHUNK_BYTES
  return full * chunkLength(CHUNK_BYTES) + (last === 0 ? 0 : chunkLength(last))
}

function chunkLength(size: number): number {
  return size.toString(16).length + 2 * CRLF.length + size
}

function trailerLength(algorithm: ChecksumAlgorithm): number {
  const base64 = 4 * Math.ceil(CHECKSUM_LENGTH[algorithm] / 3)
  return `0\r\n${checksumHeaderName(algorithm)}:\r\n\r\n`.length + base64
}
