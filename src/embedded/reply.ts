/** What an operation answers, as a value, and how it goes out. */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HeaderList } from '../s3/headers.ts'
import type { Blobs, Hold } from './blobs.ts'
import type { Segment } from './records.ts'

export interface Reply {
  readonly status: number
  readonly headers: HeaderList
  readonly body: ReplyBody
}

export type ReplyBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'xml'; readonly text: string }
  /** Bytes of the store; the hold ends when they are out, or cannot be. */
  | { readonly kind: 'content'; readonly content: Hold & { readonly segments: readonly Segment[] } }

export function emptyReply(status: number, headers: HeaderList = []): Reply {
  return { status, headers, body: { kind: 'none' } }
}

export function xmlReply(text: string, headers: HeaderList = []): Reply {
  return { status: 200, headers, body: { kind: 'xml', text } }
}

/** Sends it. Rejects where the connection broke. */
export async function send(
  response: ServerResponse,
  reply: Reply,
  blobs: Pick<Blobs, 'read'>,
): Promise<void> {
  const { status, headers, body } = reply
  switch (body.kind) {
    case 'none':
      response.writeHead(status, flat(headers, status === 204 || status === 304 ? [] : noLength(headers)))
      response.end()
      return
    case 'xml': {
      const bytes = Buffer.from(body.text)
      response.writeHead(
        status,
        flat(headers, [
          ['content-type', 'application/xml'],
          ['content-length', String(bytes.length)],
        ]),
      )
      response.end(bytes)
      return
    }
    case 'content':
      try {
        response.writeHead(status, flat(headers, []))
        await pipeline(Readable.from(blobs.read(body.content.segments), { objectMode: true }), response)
      } finally {
        await body.content.release()
      }
  }
}

function noLength(headers: HeaderList): HeaderList {
  return headers.some(([name]) => name === 'content-length') ? [] : [['content-length', '0']]
}

function flat(headers: HeaderList, more: HeaderList): string[] {
  return [...headers, ...more].flat()
}
