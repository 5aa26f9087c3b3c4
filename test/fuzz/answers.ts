/** A backend without memory: what it says depends on the request alone, so that equal requests get equal answers. */
import { createHash } from 'node:crypto'
import type { Answer, RecordedRequest } from '../support/recording-backend.ts'

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
const TIME = '2026-01-01T00:00:00.000Z'

export function answerTo({ method, target, headers, body }: RecordedRequest): Answer {
  const [path = '', query = ''] = target.split('?')
  const parameters = new URLSearchParams(query)
  const isObject = path.indexOf('/', 1) !== -1
  const etag = createHash('md5').update(body).digest('hex')
  if (method === 'DELETE') return { status: 204 }
  if (method === 'GET' || method === 'HEAD') {
    if (!isObject)
      return document('ListBucketResult', `<Name>${path.slice(1)}</Name><IsTruncated>false</IsTruncated>`)
    if (parameters.has('uploadId')) return document('ListPartsResult', '<UploadId>u1</UploadId>')
    if (parameters.has('tagging')) return document('Tagging', '<TagSet></TagSet>')
    return {
      status: 200,
      headers: {
        etag: '"0"',
        'content-type': 'text/plain',
        'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      },
      body: `the object at ${target}`,
    }
  }
  if (parameters.has('uploads')) return document('InitiateMultipartUploadResult', '<UploadId>u1</UploadId>')
  if (parameters.has('delete')) {
    const keys = [...body.toString().matchAll(/<Key>[^<]*<\/Key>/g)].map(
      ([key]) => `<Deleted>${key}</Deleted>`,
    )
    return document('DeleteResult', keys.join(''))
  }
  if (method === 'POST')
    return document('CompleteMultipartUploadResult', `<ETag>&quot;${etag}-1&quot;</ETag>`)
  if (headers.some(([name]) => name === 'x-amz-copy-source')) {
    const root = parameters.has('partNumber') ? 'CopyPartResult' : 'CopyObjectResult'
    return document(root, `<LastModified>${TIME}</LastModified><ETag>&quot;0&quot;</ETag>`)
  }
  return { status: 200, headers: { etag: `"${etag}"` } }
}

function document(root: string, content: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${NAMESPACE}>${content}</${root}>`,
  }
}
