/** PutObject. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
import { emptyReply } from '../reply.ts'
import { receive } from '../wire/body.ts'
import { askedAlgorithm, checksumHeaders } from '../wire/checksums.ts'
import { writeGuard } from '../wire/conditions.ts'
import { describe } from '../wire/description.ts'
import { type Handler, onObject } from './handler.ts'
import { madeVersionHeaders } from './made-version.ts'

export const putObject: Handler = onObject(async ({ bucket, key, store, headers, body, checksums }) => {
  const description = describe(headers)
  const guard = writeGuard(headers, key)
  store.bucket(bucket)
  // Judged again when the object is put in place; now, so that a futile upload ends before it begins.
  guard(store.versions.latest(bucket, key))
  const { content, hold } = await receive(body, headers, askedAlgorithm(headers), {
    blobs: store.blobs,
    checksums,
  })
  try {
    const made = await store.putObject({ bucket, key, guard }, description, content)
    return emptyReply(200, [
      ['etag', `"${content.etag}"`],
      ...checksumHeaders(content.checksum),
      ...madeVersionHeaders(made),
    ])
  } finally {
    await hold.release()
  }
})
