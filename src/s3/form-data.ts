/**
 * `multipart/form-data` as S3 takes it: small fields first, then the file. The head is parsed from the first bytes; the
 * file is everything up to the next boundary.
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

/** Takes the file's bytes, which are whole when `end` is called. */
export interface FileSink<Whole> {
  push(slice: Buffer): void
  end(): Whole
}

/** How long a form's file is, in bytes. */
export interface FileLength {
  /** Where the form ends as most do: with its closing boundary, a line of its own, right behind the file. */
  readonly usual: number
  /** Where not even that line has an end. */
  readonly longest: number
}

/**
 * @param left bytes of the body from the file's first on
 * @throws S3Error `MalformedPOSTRequest`
 */
export function fileLength(boundary: string, left: number): FileLength {
  const longest = left - closingOf(boundary).length
  if (longest < 0) throw malformed('shorter than its own boundaries')
  return { usual: Math.max(0, longest - CRLF.length), longest }
}

/** What may follow a file, in bytes: fields that nobody reads, the closing boundary, and what is behind it. */
export const MAX_TAIL = 32 * 1024

export interface FormFileOptions {
  /** The one length that the file may have; null: any. */
  readonly exactly: number | null
  /** Told how long the file is when it is whole. @throws S3Error to refuse it */
  readonly checkLength: (bytes: number) => void
}

/**
 * The file of a form as it streams in: all up to the next boundary. What follows is ignored: fields, as AWS says, and
 * whatever is behind the form (RFC 2046, section 5.1.1); but there has to be an end of the form.
 */
export class FormFileDecoder<Whole> {
  readonly #closing: Buffer
  readonly #delimiter: Buffer
  readonly #file: FileSink<Whole>
  readonly #options: FormFileOptions
  /** The last bytes that came, in which a boundary may have begun. */
  #tail: Buffer = Buffer.alloc(0)
  /** What came after the boundary that ended the file; null: it goes on. */
  #after: Buffer[] | null = null
  #afterLength = 0
  #length = 0

  constructor(boundary: string, file: FileSink<Whole>, options: FormFileOptions) {
    this.#delimiter = delimiterOf(boundary)
    this.#closing = closingOf(boundary)
    this.#file = file
    this.#options = options
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
    const after = Buffer.concat(this.#after)
    const { exactly, checkLength } = this.#options
    if (!isClosed(after)) {
      if (!endsLine(after, 0)) throw malformed('a boundary that its line does not end')
      if (!this.#isClosedLater(after)) throw malformed('no closing boundary')
    }
    if (exactly !== null && this.#length !== exactly) throw notLast()
    checkLength(this.#length)
    return this.#file.end()
  }

  /** Whether a boundary further on is the closing one. */
  #isClosedLater(after: Buffer): boolean {
    for (let at = after.indexOf(this.#closing); at !== -1; at = after.indexOf(this.#closing, at + 1)) {
      if (endsLine(after, at + this.#closing.length)) return true
    }
    return false
  }

  #emit(slice: Buffer): void {
    if (slice.length === 0) return
    this.#length += slice.length
    const { exactly } = this.#options
    if (exactly !== null && this.#length > exactly) throw notLast()
    this.#file.push(slice)
  }

  #follow(bytes: Buffer): void {
    this.#afterLength += bytes.length
    if (this.#afterLength > MAX_TAIL) throw malformed('too much follows the file')
    this.#after ??= []
    this.#after.push(bytes)
  }
}

function delimiterOf(boundary: string): Buffer {
  return Buffer.from(`${CRLF}--${boundary}`)
}

function closingOf(boundary: string): Buffer {
  return Buffer.from(`${CRLF}--${boundary}--`)
}

/** Whether what follows a boundary makes it the closing one. */
function isClosed(after: Buffer): boolean {
  return after[0] === HYPHEN && after[1] === HYPHEN && endsLine(after, 2)
}

const HYPHEN = 0x2d

/** Whether nothing but blanks stands between a place and the end of its line, or of the form. */
function endsLine(bytes: Buffer, from: number): boolean {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  return at >= bytes.length || (bytes[at] === 0x0d && bytes[at + 1] === 0x0a)
}

function notLast(): S3Error {
  return new S3Error('MalformedPOSTRequest', {
    message:
      'A file of this length has to be the last field of its form, and the form to end with a line break.',
  })
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
