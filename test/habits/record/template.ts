/**
 * What was on the wire as a row of the data file: everything that is another thing each time becomes a placeholder.
 * A row counts only if it gives back the very bytes, signatures included.
 */
import { createHash } from 'node:crypto'
import { release } from 'node:os'
import { amzDate, type Credentials, sha256 } from '../../support/reference-signer.ts'
import { type RecordedBody, type RecordedData, repeated, type SentRequest } from '../habits.ts'
import { keyOf, type Memory } from '../memory.ts'
import { dataOf, fieldOf, PLACEHOLDER, render, type Values } from '../render.ts'
import { chunksOf, type Exchange } from './proxy.ts'

/** Whom and what the client was given. */
export interface Given extends Credentials {
  readonly host: string
  readonly bucket: string
}

/** @param userAgent what the client mostly calls itself */
export function template(exchange: Exchange, given: Given, memory: Memory, userAgent: string): SentRequest {
  const lines = exchange.head.split('\r\n')
  const noise = new Map<string, string>([['kernel', release()]])
  const date = dateOf(lines)
  const own = `etag:${keyOf(lines[0]?.split(' ')[1] ?? '')}`
  // What the request is about comes first, where several are the same.
  const rank = (name: string) => (name === own ? 0 : /^etag:\d+$/.test(name) ? 1 : 2)
  const body = bodyOf(lines, exchange.body)
  const payload = body === undefined ? Buffer.alloc(0) : dataOf(body.data, (text) => text)
  const known: readonly (readonly [text: string, placeholder: string])[] = [
    ...(userAgent === '' ? [] : ([[`: ${userAgent}`, ': {userAgent}']] as const)),
    [sha256(payload), '{sha256}'],
    ...(payload.length === 0 ? [] : ([[md5(payload), '{md5}']] as const)),
    [`${given.accessKey}/${date.amz.slice(0, 8)}/us-east-1/s3/aws4_request`, '{credential}'],
    [given.host, '{host}'],
    [given.bucket, '{bucket}'],
    [given.accessKey, '{accessKey}'],
    [date.amz, '{date}'],
    [`/${date.amz.slice(0, 8)}/`, '/{day}/'],
    [`%2F${date.amz.slice(0, 8)}%2F`, '%2F{day}%2F'],
    [`%2f${date.amz.slice(0, 8)}%2f`, '%2f{day}%2f'],
    [new Date(date.at).toUTCString(), '{httpDate}'],
    [release(), '{kernel}'],
    ...[...memory.values]
      .sort(([a], [b]) => rank(a) - rank(b))
      .map(([name, value]) => [value, `{${name}}`] as const),
  ]
  const replace = (text: string) => {
    let replaced = text
    for (const [from, to] of known) replaced = replaced.replaceAll(from, to)
    return replaced
  }
  const head = lines.map((line, i) => {
    let replaced = replace(line)
    if (i === 0) {
      replaced = replaced.replace(/(X-Amz-Signature=)[0-9a-f]{64}/i, '$1{signature}')
      if (replaced.includes('AWSAccessKeyId=')) {
        replaced = replaced
          .replace(/([?&]Signature=)[^& ]+/, '$1{signature}')
          .replace(/([?&]Expires=)(\d+)/, (_, name: string, value: string) => {
            noise.set('expires', value)
            return `${name}{expires}`
          })
      }
    }
    if (/^authorization:/i.test(line)) {
      replaced = replaced
        .replace(/Signature=[0-9a-f]{64}/, 'Signature={signature}')
        .replace(/(: *AWS [^:]+:).*/, '$1{signature}')
    }
    if (/^amz-sdk-request:/i.test(line)) {
      replaced = replaced.replace(/(ttl=)(\d{8}T\d{6}Z)/, (_, name: string, value: string) => {
        noise.set('later', value)
        return `${name}{later}`
      })
    }
    return replaced.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, (uuid) => {
      noise.set('uuid', uuid)
      return '{uuid}'
    })
  })
  const recorded: SentRequest = {
    head,
    ...(body === undefined
      ? {}
      : { body: { ...body, data: typeof body.data === 'string' ? replace(body.data) : body.data } }),
    status: exchange.answer.status,
  }
  verify(exchange, recorded, given, {
    host: given.host,
    bucket: given.bucket,
    at: date.at,
    others: new Map([...memory.values, ...noise, ['userAgent', userAgent]]),
  })
  return recorded
}

/** @throws where the row does not give back what was sent */
function verify(exchange: Exchange, recorded: SentRequest, given: Given, values: Values): void {
  const rendered = render(recorded, given, values)
  const sent = Buffer.concat([Buffer.from(`${exchange.head}\r\n\r\n`, 'latin1'), exchange.body])
  const made = Buffer.concat([rendered.head, rendered.body])
  if (sent.equals(made)) return
  let at = 0
  while (sent[at] === made[at]) at++
  const near = (bytes: Buffer) => JSON.stringify(bytes.toString('latin1', Math.max(0, at - 80), at + 120))
  throw new Error(
    `a row does not give back what was sent, at ${at}:\n sent ${near(sent)}\n made ${near(made)}\n${exchange.head}\n→ ${exchange.answer.status} ${exchange.answer.body}`,
  )
}

/** When the request says that it was made. */
function dateOf(lines: readonly string[]): { readonly at: number; readonly amz: string } {
  const amz =
    fieldOf(lines, 'x-amz-date') ?? /[?&]X-Amz-Date=(\d{8}T\d{6}Z)/i.exec(lines[0] ?? '')?.[1] ?? undefined
  if (amz !== undefined && /^\d{8}T\d{6}Z$/.test(amz)) {
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amz) ?? []
    return { amz, at: Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) }
  }
  const at = Date.parse(amz ?? fieldOf(lines, 'date') ?? '1970-01-01T00:00:00Z')
  return { at, amz: amzDate(at) }
}

function bodyOf(lines: readonly string[], sent: Buffer): RecordedBody | undefined {
  if (sent.length === 0) return undefined
  const outer = /^chunked$/i.test(fieldOf(lines, 'transfer-encoding') ?? '') ? chunksOf(sent) : undefined
  const inner = outer === undefined ? sent : Buffer.concat(outer)
  const httpChunks = outer === undefined ? {} : { httpChunks: repeated(outer.map(({ length }) => length)) }
  if (!(fieldOf(lines, 'x-amz-content-sha256') ?? '').startsWith('STREAMING-')) {
    return { data: recordedData(inner), ...httpChunks }
  }
  const pieces: Buffer[] = []
  let capitals = false
  for (let at = 0; ; ) {
    const line = inner.indexOf('\r\n', at)
    if (/^[0-9A-F]*[A-F]/.test(inner.toString('latin1', at, line))) capitals = true
    const size = Number.parseInt(inner.toString('latin1', at, line), 16)
    if (size === 0) {
      const end = inner
        .toString('latin1', at)
        .replace(/(^0+;chunk-signature=)[0-9a-f]{64}/, '$1{chunkSignature}')
        .replace(/(x-amz-trailer-signature:)[0-9a-f]{64}/, '$1{trailerSignature}')
      return {
        data: recordedData(Buffer.concat(pieces)),
        awsChunked: {
          sizes: repeated(pieces.map(({ length }) => length)),
          end,
          ...(capitals ? { capitals: true as const } : {}),
        },
        ...httpChunks,
      }
    }
    pieces.push(inner.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

/** Repetition shorter than this is written out. */
const LONG = 64

function recordedData(bytes: Buffer): RecordedData {
  const runs: [character: string, count: number][] = []
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1
    while (bytes[end] === bytes[at]) end++
    runs.push([String.fromCharCode(bytes[at] ?? 0), end - at])
    if (runs.length > 8) break
    at = end
  }
  if (runs.length <= 8 && runs.some(([, count]) => count >= LONG)) return { fill: runs }
  const text = bytes.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(bytes) && !text.includes('\0') && text.search(PLACEHOLDER) === -1) {
    return text
  }
  return { base64: bytes.toString('base64') }
}

function md5(data: Buffer): string {
  return createHash('md5').update(data).digest('base64')
}
