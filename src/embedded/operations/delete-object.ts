/** DeleteObject and DeleteObjects. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
import { S3Error } from '../../s3/error.ts'
import type { HeaderList } from '../../s3/headers.ts'
import { refuseUnsafeKey } from '../../s3/target.ts'
import { optionalElement, textElement, xmlDocument } from '../../s3/xml-writer.ts'
import { emptyReply, xmlReply } from '../reply.ts'
import type { Deletion } from '../store.ts'
import { readBody } from '../wire/body.ts'
import { deleteGuard } from '../wire/conditions.ts'
import { type DeleteEntry, parseDelete } from '../wire/delete-document.ts'
import { element } from '../wire/xml-parts.ts'
import { type Handler, onBucket, onObject, query } from './handler.ts'

/** 1,000 keys of 1,024 bytes, each escaped at its worst. */
const MAX_DELETE = 8 * 1024 * 1024

export const deleteObject: Handler = onObject(async (request) => {
  const { bucket, key, store, headers } = request
  const guard = deleteGuard(headers.get('if-match') ?? null, key)
  const [deletion] = await store.deleteObjects([
    { bucket, key, guard, versionId: query(request, 'versionId') },
  ])
  if (deletion === undefined) throw new S3Error('InternalError', { reason: 'a deletion without a result' })
  if (deletion instanceof S3Error) throw deletion
  return emptyReply(204, deletionHeaders(deletion))
})

export const deleteObjects: Handler = onBucket(async ({ bucket, store, body, headers, checksums }) => {
  const { entries, quiet } = parseDelete(await readBody(body, headers, checksums, MAX_DELETE))
  store.bucket(bucket)
  for (const { key } of entries) refuseUnsafeKey(key)
  const deletions = await store.deleteObjects(
    entries.map(({ key, versionId, etag }) => ({ bucket, key, versionId, guard: deleteGuard(etag, key) })),
  )
  const results = entries.map((entry, index) => resultElement(entry, deletions[index], quiet))
  return xmlReply(xmlDocument('DeleteResult', results.join('')))
})

/** What went wrong with one key is said of it; what went well only where it is asked for. */
function resultElement(entry: DeleteEntry, result: Deletion | S3Error | undefined, quiet: boolean): string {
  if (result === undefined) throw new S3Error('InternalError', { reason: 'a deletion without a result' })
  if (result instanceof S3Error) return errorElement(entry, result)
  return quiet ? '' : deletedElement(entry, result)
}

function deletionHeaders(deletion: Deletion): HeaderList {
  switch (deletion.kind) {
    case 'gone':
      return []
    case 'markerMade':
      return [
        ['x-amz-delete-marker', 'true'],
        ['x-amz-version-id', deletion.versionId],
      ]
    case 'versionRemoved':
      return [
        ...(deletion.version.kind === 'deleteMarker' ? [['x-amz-delete-marker', 'true'] as const] : []),
        ['x-amz-version-id', deletion.version.versionId],
      ]
  }
}

function deletedElement({ key, versionId }: DeleteEntry, deletion: Deletion): string {
  return element(
    'Deleted',
    textElement('Key', key) + optionalElement('VersionId', versionId) + markerElements(deletion),
  )
}

function markerElements(deletion: Deletion): string {
  switch (deletion.kind) {
    case 'gone':
      return ''
    case 'markerMade':
      return textElement('DeleteMarker', 'true') + textElement('DeleteMarkerVersionId', deletion.versionId)
    case 'versionRemoved':
      return deletion.version.kind === 'object'
        ? ''
        : textElement('DeleteMarker', 'true') +
            textElement('DeleteMarkerVersionId', deletion.version.versionId)
  }
}

function errorElement({ key, versionId }: DeleteEntry, error: S3Error): string {
  return element(
    'Error',
    textElement('Key', key) +
      optionalElement('VersionId', versionId) +
      textElement('Code', error.code) +
      textElement('Message', error.message),
  )
}
