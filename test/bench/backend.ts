/**
 * The object store of the bench, as a program: plain sockets, canned answers, nothing kept and nothing checked, so that
 * it is never what a measurement waits for. `PORT` says where it listens.
 *
 * `GET /bucket/SIZE/…` is answered with so many bytes, `HEAD` with its head, `?list-type=2` with 1,000 keys, multipart
 * uploads begin and end with the document that belongs there, `DELETE` with 204, anything else with an empty 200 once its
 * body has been read.
 */
import { createServer, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const READ_BYTES = 256 * 1024
const MAX_HEAD_BYTES = 64 * 1024

interface Answer {
  readonly head: Buffer
  readonly body: Buffer
}

function answerOf(contentType: string, body: Buffer, status = '200 OK'): Answer {
  const head = [
    `HTTP/1.1 ${status}`,
    'Server: store',
    'Date: Thu, 01 Jan 2026 00:00:00 GMT',
    'x-amz-request-id: tx00000000000000000001',
    'Accept-Ranges: bytes',
    'Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT',
    'ETag: "9e107d9d372bb6826bd81d3542a419d6"',
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    'Connection: keep-alive',
  ]
  return { head: Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body }
}

function listing(): Buffer {
  const entry = (n: number) =>
    `<Contents><Key>folder/object-${n}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;9e107d9d372bb6826bd81d3542a419d6&quot;</ETag><Size>1024</Size><StorageClass>STANDARD</StorageClass></Contents>`
  const entries = Array.from({ length: 1_000 }, (_, n) => entry(n)).join('')
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bench</Name><Prefix></Prefix><KeyCount>1000</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${entries}</ListBucketResult>`,
  )
}

function document(text: string): Answer {
  return answerOf('application/xml', Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${text}`))
}

const LIST = answerOf('application/xml', listing())
const EMPTY = answerOf('text/plain', Buffer.alloc(0))
const DELETED = answerOf('text/plain', Buffer.alloc(0), '204 No Content')
const BEGUN = document(
  '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
)
const COMPLETED = document('<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>')
const objects = new Map<number, Answer>()

function objectOf(size: number): Answer {
  let answer = objects.get(size)
  if (answer === undefined) {
    answer = answerOf('application/octet-stream', Buffer.alloc(size, 'The quick brown fox. '))
    objects.set(size, answer)
  }
  return answer
}

function answer(head: string, write: (bytes: Buffer) => void): void {
  const method = head.slice(0, head.indexOf(' '))
  const target = head.slice(method.length + 1, head.indexOf(' ', method.length + 1))
  const size = Number(target.split('/')[2] ?? '0')
  if (method === 'GET' && target.includes('list-type=2')) send(LIST, write)
  else if (method === 'GET') send(objectOf(size), write)
  else if (method === 'HEAD') write(objectOf(size).head)
  else if (method === 'DELETE') send(DELETED, write)
  else if (method === 'POST') send(target.includes('?uploads') ? BEGUN : COMPLETED, write)
  else send(EMPTY, write)
}

function send({ head, body }: Answer, write: (bytes: Buffer) => void): void {
  if (body.length <= 65_536) {
    write(Buffer.concat([head, body]))
    return
  }
  write(head)
  write(body)
}

function serve(socket: Socket): void {
  let pending: Buffer = Buffer.alloc(0)
  let head = ''
  let bodyLeft = 0
  const write = (bytes: Buffer) => {
    socket.write(bytes)
  }
  const take = (bytes: Buffer): void => {
    let rest = bytes
    while (rest.length > 0) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, rest.length)
        bodyLeft -= taken
        rest = rest.subarray(taken)
        if (bodyLeft === 0) answer(head, write)
        continue
      }
      pending = pending.length === 0 ? rest : Buffer.concat([pending, rest])
      const end = pending.indexOf(HEAD_END)
      if (end === -1) {
        if (pending.length > MAX_HEAD_BYTES) socket.destroy()
        pending = Buffer.from(pending)
        return
      }
      head = pending.toString('latin1', 0, end)
      rest = pending.subarray(end + HEAD_END.length)
      pending = Buffer.alloc(0)
      bodyLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      if (bodyLeft === 0) answer(head, write)
    }
  }
  socket.setNoDelay(true)
  socket.on('data', take)
  socket.on('error', () => socket.destroy())
}

createServer({ highWaterMark: READ_BYTES }, serve).listen(Number(process.env.PORT), '127.0.0.1')
