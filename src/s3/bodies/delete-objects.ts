/**
 * The body of DeleteObjects, and its answer: the only operation where part of what is asked is done. Each key is
 * decided by itself; the permitted ones are written into a new body, and the backend's answer is put together with
 * the refusals again.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
import { isS3ErrorCode, S3_ERRORS, S3Error } from '../error.ts'
import { refuseUnsafeKey } from '../target.ts'
import { malformedXml, type XmlElement } from '../xml.ts'
import { optionalElement, textElement, xmlDocument } from '../xml-writer.ts'
import {
  childrenNamed,
  onlyChildren,
  optionalBoolean,
  optionalChild,
  optionalText,
  parseRoot,
  requiredText,
} from './fields.ts'

export interface DeleteRequest {
  /** Only failures are reported. */
  readonly quiet: boolean
  /** In the order sent; a key may be there more than once. */
  readonly entries: readonly DeleteEntry[]
}

export interface DeleteEntry {
  readonly key: string
  /** Null: the current version. */
  readonly versionId: string | null
  /** Only an object with this entity tag, or any (`*`); null: whatever there is. */
  readonly etag: string | null
}

/** What became of one key. */
export type DeleteOutcome =
  | {
      readonly kind: 'deleted'
      readonly key: string
      readonly versionId: string | null
      readonly deleteMarker: string | null
      readonly deleteMarkerVersionId: string | null
    }
  | {
      readonly kind: 'error'
      readonly key: string
      readonly versionId: string | null
      readonly code: string
      readonly message: string
    }

const MAX_ENTRIES = 1000

/**
 * @throws S3Error `MalformedXML`, `NotImplemented` for conditions of directory buckets, and what {@link refuseUnsafeKey} throws for any of the keys: one bad key refuses the
 *   whole request, nothing is deleted
 */
export function parseDelete(bytes: Uint8Array): DeleteRequest {
  const root = parseRoot(bytes, 'Delete')
  onlyChildren(root, ['Object', 'Quiet'])
  const objects = childrenNamed(root, 'Object')
  if (objects.length === 0 || objects.length > MAX_ENTRIES) throw malformedXml('not 1 to 1000 objects')
  return { quiet: optionalBoolean(root, 'Quiet'), entries: objects.map(parseEntry) }
}

/** The body that goes to the backend for those of the entries that are permitted. */
export function formatDelete(entries: readonly DeleteEntry[], quiet: boolean): Buffer {
  const objects = entries.map(
    (entry) =>
      '<Object>' +
      textElement('Key', entry.key) +
      optionalElement('VersionId', entry.versionId) +
      optionalElement('ETag', entry.etag) +
      '</Object>',
  )
  return Buffer.from(xmlDocument('Delete', (quiet ? '<Quiet>true</Quiet>' : '') + objects.join('')))
}

/** Reads a backend's answer. @throws S3Error `MalformedXML` where it cannot be read: the backend's fault */
export function parseDeleteResult(bytes: Uint8Array): readonly DeleteOutcome[] {
  return parseRoot(bytes, 'DeleteResult').children.flatMap((child): DeleteOutcome[] => {
    const key = optionalText(child, 'Key') ?? ''
    const versionId = optionalText(child, 'VersionId')
    if (child.name === 'Deleted') {
      const deleteMarker = optionalText(child, 'DeleteMarker')
      const deleteMarkerVersionId = optionalText(child, 'DeleteMarkerVersionId')
      return [{ kind: 'deleted', key, versionId, deleteMarker, deleteMarkerVersionId }]
    }
    if (child.name === 'Error') return [backendError(key, versionId, optionalText(child, 'Code') ?? '')]
    return []
  })
}

/**
 * The answer to the client, in the order of its request.
 *
 * @param denied entries that were not permitted and that the backend has not seen
 * @param outcomes what the backend said of the others; one that it said nothing of has failed, unless it was asked to
 *   be quiet
 */
export function formatDeleteResult(
  request: DeleteRequest,
  denied: ReadonlySet<DeleteEntry>,
  outcomes: readonly DeleteOutcome[],
): string {
  const pending = new Map<string, DeleteOutcome[]>()
  for (const outcome of outcomes) {
    const id = identity(outcome)
    const same = pending.get(id)
    if (same === undefined) pending.set(id, [outcome])
    else same.push(outcome)
  }
  const results = request.entries.map((entry) => {
    if (denied.has(entry)) return formatOutcome(refusal(entry, new S3Error('AccessDenied')), request.quiet)
    const outcome = pending.get(identity(entry))?.shift()
    if (outcome !== undefined) return formatOutcome(outcome, request.quiet)
    return request.quiet ? '' : formatOutcome(refusal(entry, new S3Error('InternalError')), false)
  })
  return xmlDocument('DeleteResult', results.join(''))
}

function parseEntry(object: XmlElement): DeleteEntry {
  onlyChildren(object, ['Key', 'VersionId', 'ETag', 'LastModifiedTime', 'Size'])
  refuseDirectoryConditions(object)
  const key = requiredText(object, 'Key')
  if (key === '') throw new S3Error('UserKeyMustBeSpecified', { message: 'A key must be specified.' })
  refuseUnsafeKey(key)
  const versionId = optionalText(object, 'VersionId')
  if (versionId === '') throw malformedXml('an empty VersionId')
  return { key, versionId, etag: optionalText(object, 'ETag') }
}

/** Only directory buckets have them; a backend that does not know them deletes unconditionally. */
function refuseDirectoryConditions(object: XmlElement): void {
  for (const name of ['LastModifiedTime', 'Size']) {
    if (optionalChild(object, name) === undefined) continue
    throw new S3Error('NotImplemented', {
      message: `The element ${name} implies functionality that is not implemented`,
    })
  }
}

/** A backend's code passes where it is one of S3's; its message never does. */
function backendError(key: string, versionId: string | null, code: string): DeleteOutcome {
  const known = isS3ErrorCode(code) ? code : 'InternalError'
  return { kind: 'error', key, versionId, code: known, message: S3_ERRORS[known][1] }
}

function refusal(entry: DeleteEntry, error: S3Error): DeleteOutcome {
  return {
    kind: 'error',
    key: entry.key,
    versionId: entry.versionId,
    code: error.code,
    message: error.message,
  }
}

function identity(of: { readonly key: string; readonly versionId: string | null }): string {
  return `${of.versionId ?? ''}\0${of.key}`
}

function formatOutcome(outcome: DeleteOutcome, quiet: boolean): string {
  if (outcome.kind === 'deleted') {
    if (quiet) return ''
    return (
      '<Deleted>' +
      textElement('Key', outcome.key) +
      optionalElement('VersionId', outcome.versionId) +
      optionalElement('DeleteMarker', outcome.deleteMarker) +
      optionalElement('DeleteMarkerVersionId', outcome.deleteMarkerVersionId) +
      '</Deleted>'
    )
  }
  return (
    '<Error>' +
    textElement('Key', outcome.key) +
    optionalElement('VersionId', outcome.versionId) +
    textElement('Code', outcome.code) +
    textElement('Message', outcome.message) +
    '</Error>'
  )
}
