/**
 * `multipart/form-data` as S3 takes it: small fields first, then the file, last. The head is parsed from the first
 * bytes; the file is everything up to a closing boundary whose place is known from the length of the body.
 *
 * RFC 7578, RFC 2046 section 5.1; https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
 */
import { S3Error } from './error.ts'

/** AWS's limit on what stands before the file, in bytes, with room for the part headers. */
const MAX_HEAD = 32 * 1024

const CRLF = '\r\n'
const HEADERS_END = Buffer.from('\r\n\r\n')

export interface FormHead {
  /** Names and values (UTF-8) in the order sent, up to the file. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Null: the file's part names none. */
  readonly filename: string | null
  /** Bytes of the body before the file's first. */
  readonly length: number
}

/**
 * The boundary that a Content-Type names.
 * @throws S3Error `MalformedPOSTRequest`
 */
export function formBoundary(contentType: string): string {
  const match = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) throw malformed('no boundary')
  return boundary
}

/**
 * Parses what stands before the file.
 *
 * @param bytes the first bytes of the body
 * @returns undefined while the file's part has not begun
 * @throws S3Error `MalformedPOSTRequest`; `MaxPostPreDataLengthExceeded`; `InvalidArgument` where the file is missing
 */
export function parseFormHead(bytes: Buffer, boundary: string): FormHead | undefined {
  const delimiter = Buffer.from(`--${boundary}`)
  const fields: [string, string][] = []
  let position = 0
  if (bytes.length >= delimiter.length && !startsWith(bytes, delimiter, 0))
    throw malformed('no opening boundary')
  for (;;) {
    const headersStart = position + delimiter.length
    const afterBoundary = bytes.subarray(headersStart, headersStart + 2).toString('latin1')
    if (afterBoundary === '--') {
      throw new S3Error('InvalidArgument', {
        message: 'POST requires exactly one file upload per request.',
        elements: [
          ['ArgumentName', 'file'],
          ['ArgumentValue', '0'],
        ],
      })
    }
    const headersEnd = bytes.indexOf(HEADERS_END, headersStart)
    if (headersEnd === -1) return incomplete(bytes)
    if (afterBoundary !== CRLF) throw malformed('a boundary that its line does not end')
    const part = parseDisposition(bytes.subarray(headersStart + 2, headersEnd + 2).toString('utf8'))
    const content = headersEnd + HEADERS_END.length
    if (part.name.toLowerCase() === 'file') {
      if (content > MAX_HEAD) throw new S3Error('MaxPostPreDataLengthExceeded')
      return { fields, filename: part.filename, length: content }
    }
    const end = bytes.indexOf(Buffer.concat([Buffer.from(CRLF), delimiter]), content)
    if (end === -1) return incomplete(bytes)
    fields.push([part.name, decodeField(bytes.subarray(content, end))])
    position = end + CRLF.length
  }
}

/** What a form's body ends with, behind the file. */
export function formClosing(boundary: string): Buffer {
  return Buffer.from(`${CRLF}--${boundary}--${CRLF}`)
}

/** Takes the file's bytes, which are whole when `end` is called. */
export interface FileSink<Whole> {
  push(slice: Buffer): void
  end(): Whole
}

/** What may follow a file, in bytes: fields that nobody reads, the closing boundary, and what is behind it. */
export const MAX_TAIL = 32 * 1024

/**
 * The file of a form as it streams in: all up to the next boundary. What follows is ignored: fields, as AWS says, and
 * whatever is behind the form (RFC 2046, section 5.1.1); but there has to be an end of the form.
 */
export class FormFileDecoder<Whole> {
  readonly #closing: Buffer
  readonly #delimiter: Buffer
  readonly #file: FileSink<Whole>
  readonly #checkLength: (bytes: number) => void
  /** The last bytes that came, in which a boundary may have begun. */
  #tail: Buffer = Buffer.alloc(0)
  /** What came after the file; null: it goes on. */
  #after: Buffer | null = null
  #length = 0

  /** @param checkLength told how long the file is when it is whole; throws to refuse it */
  constructor(boundary: string, file: FileSink<Whole>, checkLength: (bytes: number) => void) {
    this.#delimiter = Buffer.from(`${CRLF}--${boundary}`)
    this.#closing = Buffer.from(`${CRLF}--${boundary}--`)
    this.#file = file
    this.#checkLength = checkLength
  }

  /** @throws S3Error `MalformedPOSTRequest` */
  push(chunk: Buffer): void {
    if (this.#after !== null) {
      this.#follow(chunk)
      return
    }
    const overlap = this.#delimiter.length - 1
    // A boundary that began in an earlier piece ends within these bytes.
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, overlap)])
    const begun = seam.indexOf(this.#delimiter)
    if (begun !== -1) {
      this.#emit(seam.subarray(0, begun))
      this.#follow(chunk.subarray(begun - this.#tail.length + this.#delimiter.length))
      return
    }
    const found = chunk.indexOf(this.#delimiter)
    if (found !== -1) {
      this.#emit(this.#tail)
      this.#emit(chunk.subarray(0, found))
      this.#follow(chunk.subarray(found + this.#delimiter.length))
      return
    }
    if (chunk.length < overlap) {
      this.#emit(seam.subarray(0, -overlap))
      this.#tail = seam.subarray(-overlap)
      return
    }
    this.#emit(this.#tail)
    this.#emit(chunk.subarray(0, -overlap))
    this.#tail = Buffer.from(chunk.subarray(-overlap))
  }

  /** @throws S3Error `MalformedPOSTRequest`, and what the check of its length throws */
  end(): Whole {
    if (this.#after === null) throw malformed('no closing boundary')
    const next = this.#after.toString('latin1', 0, 2)
    if (next !== '--' && next !== CRLF) throw malformed('a boundary that its line does not end')
    if (next !== '--' && !this.#after.includes(this.#closing)) throw malformed('no closing boundary')
    this.#checkLength(this.#length)
    return this.#file.end()
  }

  #emit(slice: Buffer): void {
    if (slice.length === 0) return
    this.#length += slice.length
    this.#file.push(slice)
  }

  #follow(bytes: Buffer): void {
    const after = Buffer.concat([this.#after ?? Buffer.alloc(0), bytes])
    if (after.length > MAX_TAIL) throw malformed('too much follows the file')
    this.#after = after
  }
}

function incomplete(bytes: Buffer): undefined {
  if (bytes.length > MAX_HEAD) throw new S3Error('MaxPostPreDataLengthExceeded')
  return undefined
}

function parseDisposition(headers: string): { name: string; filename: string | null } {
  for (const line of headers.split(CRLF)) {
    if (!/^content-disposition:\s*form-data\s*;/i.test(line)) continue
    const name = /;\s*name=(?:"([^"\r\n]*)"|([^\s;"]+))/i.exec(line)
    if (name === null) break
    const filename = /;\s*filename=(?:"([^"\r\n]*)"|([^\s;"]+))/i.exec(line)
    return {
      name: name[1] ?? name[2] ?? '',
      filename: filename === null ? null : (filename[1] ?? filename[2] ?? ''),
    }
  }
  throw malformed('a part without a name')
}

function decodeField(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw malformed('a field that is not UTF-8')
  }
}

function startsWith(bytes: Buffer, prefix: Buffer, offset: number): boolean {
  return bytes.subarray(offset, offset + prefix.length).equals(prefix)
}

function malformed(reason: string): S3Error {
  return new S3Error('MalformedPOSTRequest', { reason })
}
