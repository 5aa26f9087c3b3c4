/**
 * DeleteObjects: each key is decided by itself. The permitted ones go to the backend in a body of our own, the others
 * are reported as denied, in the order in which they were asked for.
 */
import { createHash } from 'node:crypto'
import type { BackendKind } from '../iam/model.ts'
import { type BodyFact, requiredForKey } from '../iam/required-access.ts'
import {
  type DeleteEntry,
  type DeleteOutcome,
  formatDelete,
  formatDeleteResult,
  parseDelete,
  parseDeleteResult,
} from '../s3/bodies/delete-objects.ts'
import { maxBodyBytes } from '../s3/bodies/limits.ts'
import { S3Error } from '../s3/error.ts'
import { forwardableHeaders } from '../s3/operation-headers.ts'
import { canonicalQuery } from '../s3/uri.ts'
import type { Checksums } from '../sigv4/checksum.ts'
import { type AuthorizedRequest, decide } from './authorize.ts'
import { readBackendError } from './backend/backend-error.ts'
import { adaptHeaders, capabilitiesOf, ignoresTagsOfBatch } from './backend/capabilities.ts'
import type { Backends } from './backend/index.ts'
import { refuseKeyOf } from './backend/key-form.ts'
import { backendRequest } from './backend-request.ts'
import { readBody } from './body.ts'
import { sendXml } from './reply.ts'

export interface BatchDeleteDeps {
  readonly backends: Backends
  readonly checksums: Checksums
}

/** A thousand results with their longest keys. */
const MAX_ANSWER = 8 * 1024 * 1024

/** @throws S3Error where the body is bad, or the backend refuses the whole */
export async function deleteObjects(request: AuthorizedRequest, deps: BatchDeleteDeps): Promise<void> {
  const { asked } = request
  const batch = parseDelete(await readBody(asked, maxBodyBytes('DeleteObjects'), deps))
  refuseWhatBackendLacks(batch.entries, request.backend.record.kind)
  const denied = new Set(batch.entries.filter((entry) => !mayDelete(request, entry)))
  const permitted = batch.entries.filter((entry) => !denied.has(entry))
  if (denied.size > 0) asked.received.journal.reason = `${denied.size} of ${batch.entries.length} keys denied`
  const outcomes = permitted.length === 0 ? [] : await deletePermitted(request, permitted, batch.quiet, deps)
  sendXml(asked.received, 200, [], formatDeleteResult(batch, denied, outcomes))
}

function mayDelete(request: AuthorizedRequest, entry: DeleteEntry): boolean {
  const { operation, headers } = request.asked
  return requiredForKey(operation, headers, factsOf(entry)).every(
    (action) => decide(request, action, entry.key).allowed,
  )
}

/** @throws S3Error `NotImplemented` for an entity tag that would be overlooked, and a key that is taken for another */
function refuseWhatBackendLacks(entries: readonly DeleteEntry[], kind: BackendKind): void {
  if (ignoresTagsOfBatch(kind) && entries.some(({ etag }) => etag !== null)) {
    throw new S3Error('NotImplemented', { elements: [['Element', 'ETag']], reason: 'the backend ignores it' })
  }
  const { keys } = capabilitiesOf(kind)
  for (const { key } of entries) refuseKeyOf(keys, key)
}

function factsOf(entry: DeleteEntry): ReadonlySet<BodyFact> {
  const facts = new Set<BodyFact>()
  if (entry.versionId !== null) facts.add('objectVersionId')
  if (entry.etag !== null) facts.add('objectEtag')
  return facts
}

async function deletePermitted(
  request: AuthorizedRequest,
  entries: readonly DeleteEntry[],
  quiet: boolean,
  deps: BatchDeleteDeps,
): Promise<readonly DeleteOutcome[]> {
  const { operation, headers } = request.asked
  const bytes = formatDelete(entries, quiet)
  const answer = await deps.backends.request(
    backendRequest(request, {
      headers: [
        ...adaptHeaders(request.backend.record.kind, operation.name, forwardableHeaders(operation, headers)),
        ['content-type', 'application/xml'],
        ['content-md5', createHash('md5').update(bytes).digest('base64')],
      ],
      query: canonicalQuery(operation.params),
      body: { kind: 'bytes', bytes },
    }),
    { maxBytes: MAX_ANSWER },
  )
  if (answer.status >= 300) throw readBackendError(answer)
  try {
    return parseDeleteResult(answer.body)
  } catch (cause) {
    throw new S3Error('BadGateway', {
      source: 'backend',
      reason: 'the result of a batch cannot be read',
      cause,
    })
  }
}
