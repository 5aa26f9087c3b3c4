/**
 * What the backend of a bucket cannot do, or its operator did not open. What is malformed is said to be malformed first:
 * who mends it then hears that it is not available either.
 */
import type { Backend, BackendKind } from '../iam/model.ts'
import { invalidArgument, S3Error } from '../s3/error.ts'
import { type Headers, METADATA } from '../s3/headers.ts'
import { refuseUnopenedHeaders, unopened } from '../s3/opened.ts'
import { parameter } from '../s3/operation.ts'
import type { AskedRequest } from './ask.ts'
import { capabilitiesOf, ignoredOf, lacks } from './backend/capabilities.ts'
import { refuseKeyOf, refuseListOf } from './backend/key-form.ts'

/** Reads and checks the body of a request that will go no further. @throws S3Error what is wrong with it */
export type CheckBody = (asked: AskedRequest) => Promise<void>

/**
 * @param sourceKey of what is copied; null: nothing is
 * @throws S3Error `NotImplemented`; 400 for what is malformed
 */
export async function refuseUnavailable(
  asked: AskedRequest,
  sourceKey: string | null,
  { kind, opened_operations }: Backend,
  checkBody: CheckBody,
): Promise<void> {
  const unavailable = unopened(asked.operation, opened_operations) ?? lacking(asked, kind)
  if (unavailable !== undefined) {
    await checkBody(asked)
    throw unavailable
  }
  refuseUnopenedHeaders(asked.operation, asked.headers, opened_operations)
  refuseFoldedNames(asked.headers, kind)
  refuseIgnored(asked, kind)
  refuseKeys(asked, sourceKey, kind)
}

function lacking({ operation: { name } }: AskedRequest, kind: BackendKind): S3Error | undefined {
  if (!lacks(kind, name)) return undefined
  return new S3Error('NotImplemented', {
    message: `${name} is not available on this bucket.`,
    reason: 'the backend lacks it',
  })
}

/** Of two names that are one to the backend, one value would be lost. */
function refuseFoldedNames(headers: Headers, kind: BackendKind): void {
  if (capabilitiesOf(kind).metadataNames === 'kept') return
  const folded = new Map<string, string>()
  for (const [name, value] of headers) {
    if (!name.startsWith(METADATA)) continue
    const one = name.replaceAll('_', '-')
    const twin = folded.get(one)
    if (twin !== undefined) {
      throw invalidArgument(
        name,
        value,
        `${twin} and ${name} are one name to the object store of this bucket.`,
      )
    }
    folded.set(one, name)
  }
}

function refuseIgnored({ wire, headers, operation }: AskedRequest, kind: BackendKind): void {
  const ignored = ignoredOf(kind, wire, headers)
  if (ignored === undefined) return
  throw new S3Error('NotImplemented', {
    message: `${operation.name} with ${ignored} is not available on this bucket.`,
    reason: 'the backend ignores it',
  })
}

/** INVARIANT: the backend takes no key, source or prefix for another one than was authorized. */
function refuseKeys({ target, operation }: AskedRequest, sourceKey: string | null, kind: BackendKind): void {
  const { keys } = capabilitiesOf(kind)
  if (target.kind === 'object') refuseKeyOf(keys, target.key)
  if (sourceKey !== null) refuseKeyOf(keys, sourceKey)
  if (operation.row.access === 'list') {
    refuseListOf(keys, parameter(operation, 'prefix') ?? '', parameter(operation, 'delimiter') ?? '')
  }
}
