/** A request's line and headers, read from a file: as `curl -v` prints them, or as they went over the wire. */
import { UsageError } from './fault.ts'

export interface RequestLines {
  readonly method: string
  /** The request target. */
  readonly target: string
  /** Alternating names and values, one latin1 character a byte, as a parser of HTTP has them. */
  readonly rawHeaders: readonly string[]
}

const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/

/**
 * Of several requests, the last: it is the one that the answer below it is about.
 *
 * @param text lines that begin with `> ` count alone, where there are such
 * @throws UsageError
 */
export function parseRequestLines(text: string): RequestLines {
  const lines = Buffer.from(text, 'utf8').toString('latin1').split(/\r?\n/)
  const sent = lines.filter((line) => /^>( |$)/.test(line)).map((line) => line.slice(2))
  const own = sent.length === 0 ? lines : sent
  const start = own.findLastIndex((line) => REQUEST_LINE.test(line))
  const [, method, target] = REQUEST_LINE.exec(own[start] ?? '') ?? []
  if (method === undefined || target === undefined) {
    throw new UsageError(
      '--request: there is no request line, such as `GET /bucket/key HTTP/1.1` (curl -v prints it after `> `)',
    )
  }
  const rawHeaders: string[] = []
  for (const line of own.slice(start + 1)) {
    if (line.trim() === '') break
    const colon = line.indexOf(':')
    if (colon <= 0) throw new UsageError(`--request: \`${line.slice(0, 80)}\` is not a header`)
    rawHeaders.push(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return { method, target, rawHeaders }
}
