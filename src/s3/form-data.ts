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

/**
 * The file of a form as it streams in: exactly the announced number of bytes, and then the closing boundary. A boundary
 * within the file means that another part follows, which S3 does not take.
 */
export class FormFileDecoder<Whole> {
  readonly #length: number
  readonly #closing: Buffer
  readonly #delimiter: Buffer
  readonly #file: FileSink<Whole>
  #taken = 0
  /** The last bytes of the file, where a boundary may have begun. */
  #tail: Buffer = Buffer.alloc(0)
  #end: Buffer = Buffer.alloc(0)

  /** @param length of the file, in bytes */
  constructor(length: number, boundary: string, file: FileSink<Whole>) {
    this.#length = length
    this.#closing = formClosing(boundary)
    this.#delimiter = Buffer.from(`${CRLF}--${boundary}`)
    this.#file = file
  }

  /** @throws S3Error `MalformedPOSTRequest` */
  push(chunk: Buffer): void {
    const slice = chunk.subarray(0, this.#length - this.#taken)
    const rest = chunk.subarray(slice.length)
    if (slice.length > 0) {
      const seam = Buffer.concat([this.#tail, slice.subarray(0, this.#delimiter.length - 1)])
      if (seam.includes(this.#delimiter) || slice.includes(this.#delimiter)) {
        throw malformed('something behind the file')
      }
      this.#tail = Buffer.concat([this.#tail, slice.subarray(-this.#delimiter.length)]).subarray(
        -(this.#delimiter.length - 1),
      )
      this.#taken += slice.length
      this.#file.push(slice)
    }
    if (rest.length === 0) return
    if (this.#end.length + rest.length > this.#closing.length) throw malformed('something behind the form')
    this.#end = Buffer.concat([this.#end, rest])
  }

  /** @throws S3Error `MalformedPOSTRequest`, `IncompleteBody` */
  end(): Whole {
    if (this.#taken !== this.#length) throw new S3Error('IncompleteBody')
    if (!this.#end.equals(this.#closing)) throw malformed('no closing boundary')
    return this.#file.end()
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
