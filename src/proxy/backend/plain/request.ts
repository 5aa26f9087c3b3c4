/**
 * A request as its bytes, for those that fit into one write: without a body, or with one that is all there.
 *
 * https://www.rfc-editor.org/rfc/rfc9112#section-3
 */
import type { WireRequest } from '../pool.ts'
import type { PlainRequest } from './connection.ts'

/** Whether nothing in it can end a line, or stand for two bytes. Anything else must not be sent. */
export function isSendable({ path, headers }: WireRequest): boolean {
  if (!isVisible(path)) return false
  for (let i = 1; i < headers.length; i += 2) if (!isFieldValue(headers[i]!)) return false
  return true
}

/** @param body null: none */
export function plainRequest(request: WireRequest, body: Buffer | null): PlainRequest {
  const { method, path, headers, headersTimeout, bodyTimeout } = request
  let head = `${method} ${path} HTTP/1.1\r\n`
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`
  if (body === null && (method === 'PUT' || method === 'POST')) head += 'content-length: 0\r\n'
  head += 'connection: keep-alive\r\n\r\n'
  return { method, bytes: body === null ? head : joined(head, body), headersTimeout, bodyTimeout }
}

/** In one buffer: one write instead of two. */
function joined(head: string, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + body.length)
  bytes.write(head, 0, 'latin1')
  bytes.set(body, head.length)
  return bytes
}

/** Printable ASCII without space: all that a canonical path and query can hold. */
function isVisible(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= 0x20 || code >= 0x7f) return false
  }
  return true
}

/** One character a byte, no control character but the tab (RFC 9110, section 5.5). */
function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return false
  }
  return true
}
