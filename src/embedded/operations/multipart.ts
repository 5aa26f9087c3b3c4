/**
 * CreateMultipartUpload, UploadPart and AbortMultipartUpload.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
import { S3Error } from '../../s3/error.ts'
import type { Headers } from '../../s3/headers.ts'
import { textElement, xmlDocument } from '../../s3/xml-writer.ts'
import type { ChecksumAlgorithm } from '../../sigv4/checksum.ts'
import { checksumAlgorithmOf } from '../../sigv4/checksum-headers.ts'
import type { StoredUpload } from '../records.ts'
import { emptyReply, xmlReply } from '../reply.ts'
import { receive } from '../wire/body.ts'
import { askedAlgorithm, checksumAlgorithm, checksumHeaders, uploadChecksum } from '../wire/checksums.ts'
import { describe } from '../wire/description.ts'
import { partNumber } from '../wire/parameters.ts'
import { type Handler, onObject, query } from './handler.ts'

export const createMultipartUpload: Handler = onObject(({ bucket, key, store, headers }) => {
  const checksum = uploadChecksum(headers)
  const upload = store.createUpload({ bucket, key, checksum, ...describe(headers) })
  return xmlReply(
    xmlDocument(
      'InitiateMultipartUploadResult',
      textElement('Bucket', bucket) + textElement('Key', key) + textElement('UploadId', upload.uploadId),
    ),
    checksum === null
      ? []
      : [
          ['x-amz-checksum-algorithm', checksum.algorithm],
          ['x-amz-checksum-type', checksum.type],
        ],
  )
})

export const uploadPart: Handler = onObject(async (request) => {
  const { bucket, key, store, headers, body, checksums } = request
  const number = partNumber(query(request, 'partNumber') ?? '')
  const upload = store.upload(bucket, key, query(request, 'uploadId') ?? '')
  const algorithm = partAlgorithm(upload, headers)
  const { content, hold } = await receive(body, headers, algorithm, { blobs: store.blobs, checksums })
  try {
    await store.putPart(upload, number, content)
    const [checksum] = checksumHeaders(content.checksum)
    return emptyReply(200, [['etag', `"${content.etag}"`], ...(checksum === undefined ? [] : [checksum])])
  } finally {
    await hold.release()
  }
})

/** The checksum that the upload asks for is computed of every part; a part may not declare another one. */
function partAlgorithm(upload: StoredUpload, headers: Headers): ChecksumAlgorithm | null {
  const asked = askedAlgorithm(headers)
  if (upload.checksum === null) return asked
  const expected = checksumAlgorithm(upload.checksum.algorithm)
  const declared = [...headers.keys()].map(checksumAlgorithmOf).find((found) => found !== undefined)
  const actual = declared ?? asked ?? expected
  if (actual === expected) return expected
  throw new S3Error('InvalidRequest', {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual.toLowerCase()}`,
  })
}

export const abortMultipartUpload: Handler = onObject(async (request) => {
  const { bucket, key, store } = request
  await store.abortUpload(store.upload(bucket, key, query(request, 'uploadId') ?? ''))
  return emptyReply(204)
})
